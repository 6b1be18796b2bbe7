using Akka.Actor;
using Akka.Pattern;
using Akka.TestKit;

namespace Akka.InProcess.Tests.Actors;

public sealed class BackoffSpec() : Akka.TestKit.Xunit2.TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    TestScheduler Time => (TestScheduler)Sys.Scheduler;

    Props Child => Props.Create(() => new Subject(TestActor));

    IActorRef Supervise(BackoffOptions options)
    {
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(options));
        ExpectMsg("PreStart");
        return supervisor;
    }

    // The start is scheduled when the supervisor has seen its child end; it says so by its count.
    void AwaitRestarts(IActorRef supervisor, int count) => AwaitAssert(() =>
    {
        supervisor.Tell(BackoffSupervisor.GetRestartCount.Instance);
        ExpectMsg<BackoffSupervisor.RestartCount>().Count.ShouldBe(count);
    });

    [Fact]
    public void A_failed_child_must_start_again_after_pauses_that_double()
    {
        var supervisor = Supervise(Backoff.OnFailure(Child, "child", s_second, TimeSpan.FromSeconds(3), 0, -1).WithManualReset());
        foreach (var (restarts, pause) in new[] { (1, 1), (2, 2), (3, 3), (4, 3) })
        {
            supervisor.Tell(new Exception("boom"));
            ExpectMsg("PostStop");
            AwaitRestarts(supervisor, restarts);
            Time.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            ExpectNoMsg(TimeSpan.Zero);
            Time.Advance(TimeSpan.FromMilliseconds(1));
            ExpectMsg("PreStart");
        }
        supervisor.Tell(BackoffSupervisor.Reset.Instance);
        AwaitRestarts(supervisor, 0);
    }

    [Fact]
    public void A_child_that_stops_by_itself_must_end_a_supervisor_of_failures()
    {
        var supervisor = Supervise(Backoff.OnFailure(Child, "child", s_second, s_second, 0, -1));
        Watch(supervisor);
        supervisor.Tell(new Subject.Do(context => context.Stop(context.Self)));
        ExpectMsg("PostStop");
        ExpectTerminated(supervisor);
    }

    [Fact]
    public void A_child_that_stops_must_be_started_again_by_a_supervisor_of_stops()
    {
        var supervisor = Supervise(Backoff.OnStop(Child, "child", s_second, s_second, 0, -1));
        supervisor.Tell(new Subject.Do(context => context.Stop(context.Self)));
        ExpectMsg("PostStop");
        AwaitRestarts(supervisor, 1);
        Time.Advance(s_second);
        ExpectMsg("PreStart");
        // The count returns to zero when nothing happens for as long.
        AwaitAssert(() =>
        {
            Time.Advance(s_second);
            supervisor.Tell(BackoffSupervisor.GetRestartCount.Instance);
            ExpectMsg<BackoffSupervisor.RestartCount>().Count.ShouldBe(0);
        });
    }

    [Fact]
    public void Too_many_restarts_must_stop_the_supervisor()
    {
        var supervisor = Supervise(Backoff.OnFailure(Child, "child", s_second, s_second, 0, 1).WithManualReset());
        Watch(supervisor);
        supervisor.Tell(new Exception("boom"));
        ExpectMsg("PostStop");
        AwaitRestarts(supervisor, 1);
        Time.Advance(s_second);
        ExpectMsg("PreStart");
        supervisor.Tell(new Exception("boom"));
        ExpectMsg("PostStop");
        ExpectTerminated(supervisor);
    }

    [Fact]
    public void Messages_to_a_stopped_child_must_get_the_reply_that_was_set()
    {
        var supervisor = Supervise(Backoff.OnStop(Child, "child", s_second, s_second, 0, -1).WithReplyWhileStopped("later"));
        supervisor.Tell(new Subject.Do(context => context.Stop(context.Self)));
        ExpectMsg("PostStop");
        AwaitRestarts(supervisor, 1);
        supervisor.Tell("anyone?");
        ExpectMsg("later");
        supervisor.Tell(BackoffSupervisor.GetCurrentChild.Instance);
        ExpectMsg<BackoffSupervisor.CurrentChild>().Ref.ShouldBeNull();
    }

    [Fact]
    public void A_final_stop_message_must_end_child_and_supervisor()
    {
        var supervisor = Supervise(Backoff.OnStop(Child, "child", s_second, s_second, 0, -1).WithFinalStopMessage(message => message is Subject.Do));
        Watch(supervisor);
        supervisor.Tell(new Subject.Do(context => context.Stop(context.Self)));
        ExpectMsg("PostStop");
        ExpectTerminated(supervisor);
    }

    [Fact]
    public void Options_that_make_no_sense_must_be_refused()
    {
        Should.Throw<ArgumentException>(() => BackoffSupervisor.Props(Backoff.OnStop(Child, "child", TimeSpan.Zero, s_second, 0, -1)));
        Should.Throw<ArgumentException>(() => BackoffSupervisor.Props(Backoff.OnStop(Child, "child", s_second, TimeSpan.FromMilliseconds(1), 0, -1)));
        Should.Throw<ArgumentException>(() => BackoffSupervisor.Props(Backoff.OnStop(Child, "child", s_second, s_second, 2, -1)));
    }
}
