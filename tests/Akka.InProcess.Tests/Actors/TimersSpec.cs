using Akka.Actor;
using Akka.TestKit;

namespace Akka.InProcess.Tests.Actors;

public sealed class TimersSpec() : Akka.TestKit.Xunit2.TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    TestScheduler Time => (TestScheduler)Sys.Scheduler;

    sealed class Timed : ReceiveActor, IWithTimers
    {
        public Timed(IActorRef reportTo)
        {
            Receive<Action<ITimerScheduler>>(action =>
            {
                action(Timers);
                reportTo.Tell("done");
            });
            Receive<Exception>(e => throw e);
            Receive<string>(text => reportTo.Tell(text + (Timers.IsTimerActive(text) ? " active" : "")));
        }

        public ITimerScheduler Timers { get; set; }

        protected override void PostRestart(Exception reason) => Self.Tell("restarted");
    }

    IActorRef NewTimed() => Sys.ActorOf(Props.Create(() => new Timed(TestActor)));

    void Do(IActorRef actor, Action<ITimerScheduler> action)
    {
        actor.Tell(action);
        ExpectMsg("done");
    }

    [Fact]
    public void A_single_timer_must_fire_once_when_its_time_has_come()
    {
        var actor = NewTimed();
        Do(actor, timers => timers.StartSingleTimer("tick", "tick", TimeSpan.FromMinutes(1)));
        Time.Advance(TimeSpan.FromSeconds(59));
        ExpectNoMsg(TimeSpan.Zero);
        Time.Advance(TimeSpan.FromSeconds(1));
        ExpectMsg("tick");
        Time.Advance(TimeSpan.FromHours(1));
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_periodic_timer_must_fire_until_it_is_cancelled()
    {
        var actor = NewTimed();
        Do(actor, timers => timers.StartPeriodicTimer("tick", "tick", TimeSpan.FromSeconds(1)));
        for (var i = 0; i < 3; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            ExpectMsg("tick active");
        }
        Do(actor, timers => timers.Cancel("tick"));
        Time.Advance(TimeSpan.FromSeconds(1));
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_timer_must_replace_the_one_of_the_same_key_even_if_that_is_on_its_way()
    {
        var actor = NewTimed();
        Do(actor, timers => timers.StartSingleTimer("key", "old", TimeSpan.FromSeconds(1)));
        actor.Tell(new Action<ITimerScheduler>(timers =>
        {
            // Puts the old timer's message behind this one in the mailbox.
            Time.Advance(TimeSpan.FromSeconds(1));
            timers.StartSingleTimer("key", "new", TimeSpan.FromSeconds(1));
        }));
        ExpectMsg("done");
        Time.Advance(TimeSpan.FromSeconds(1));
        ExpectMsg("new");
    }

    [Fact]
    public void Timers_must_end_with_the_instance_that_started_them()
    {
        var actor = NewTimed();
        Do(actor, timers => timers.StartPeriodicTimer("tick", "tick", TimeSpan.FromSeconds(1)));
        actor.Tell(new Exception("boom"));
        ExpectMsg("restarted");
        Time.Advance(TimeSpan.FromSeconds(1));
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void The_scheduler_must_tell_once_repeatedly_and_never_what_is_cancelled()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(1), TestActor, "once", ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), TestActor, "repeated", ActorRefs.NoSender);
        var cancelled = Sys.Scheduler.ScheduleTellOnceCancelable(TimeSpan.FromSeconds(1), TestActor, "cancelled", ActorRefs.NoSender);
        cancelled.Cancel();
        Time.Advance(TimeSpan.FromSeconds(1));
        ExpectMsg("once");
        Time.Advance(TimeSpan.FromSeconds(1));
        ExpectMsg("repeated");
        Time.AdvanceTo(Time.Now + TimeSpan.FromSeconds(1));
        ExpectMsg("repeated");
        Should.Throw<InvalidOperationException>(() => Time.AdvanceTo(Time.Now - TimeSpan.FromSeconds(1)));
    }
}
