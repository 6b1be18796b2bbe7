using Akka.Actor;
using Akka.Event;

namespace Akka.InProcess.Tests.Actors;

public sealed class LifecycleSpec : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void An_actor_must_be_told_that_it_starts_and_stops()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Subject(TestActor)), "subject");
        ExpectMsg("PreStart");
        Watch(actor);
        actor.Tell(PoisonPill.Instance);
        ExpectMsg("PostStop");
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_restart_must_keep_reference_and_mailbox_and_skip_the_failing_message()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        using var blocked = new ManualResetEventSlim();
        actor.Tell(new Subject.Do(_ => blocked.Wait()));
        actor.Tell(new InvalidOperationException("boom"));
        actor.Tell("after");
        blocked.Set();
        ExpectMsg("PreRestart boom InvalidOperationException");
        ExpectMsg("PostStop");
        ExpectMsg("PostRestart boom");
        ExpectMsg("PreStart");
        ExpectMsg("after");
        LastSender.ShouldBe(actor);
    }

    [Fact]
    public void A_restart_must_stop_the_children_and_free_their_names()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        parent.Tell(new Subject.Do(context => context.ActorOf(Props.Create(() => new Subject(TestActor)), "child")));
        ExpectMsg("PreStart");
        var child = LastSender;
        Watch(child);
        parent.Tell(new InvalidOperationException("boom"));
        // In some order: the child's end, the parent's restart.
        FishForMessage<string>(message => message == "PostRestart boom");
        parent.Tell(new Subject.Do(context => context.ActorOf(Props.Create(() => new Subject(TestActor)), "child")));
        FishForMessage<string>(message => message == "PreStart" && LastSender.Path.Name == "child");
        LastSender.ShouldNotBe(child);
        LastSender.Path.ShouldBe(child.Path);
    }

    [Fact]
    public void Messages_to_a_stopped_actor_must_be_dead_letters()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        Watch(actor);
        Sys.Stop(actor);
        ExpectMsg("PostStop");
        ExpectTerminated(actor);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        actor.Tell("late");
        var letter = ExpectMsg<DeadLetter>();
        letter.Message.ShouldBe("late");
        letter.Recipient.ShouldBe(actor);
        letter.Sender.ShouldBe(TestActor);
    }

    [Fact]
    public void Messages_left_in_the_mailbox_must_be_dead_letters()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        using var blocked = new ManualResetEventSlim();
        actor.Tell(new Subject.Do(_ => blocked.Wait()));
        actor.Tell(PoisonPill.Instance);
        actor.Tell("one");
        actor.Tell("two");
        blocked.Set();
        ExpectMsg("PostStop");
        ExpectMsg<DeadLetter>().Message.ShouldBe("one");
        ExpectMsg<DeadLetter>().Message.ShouldBe("two");
    }

    [Fact]
    public void Watching_a_dead_actor_must_yield_Terminated_at_once()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        Watch(actor);
        Sys.Stop(actor);
        ExpectMsg("PostStop");
        ExpectTerminated(actor).ExistenceConfirmed.ShouldBeTrue();
        Watch(actor);
        ExpectTerminated(actor).ExistenceConfirmed.ShouldBeFalse();
    }

    [Fact]
    public void Unwatching_must_suppress_a_Terminated_that_is_already_in_the_mailbox()
    {
        var target = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        var watcher = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        watcher.Tell(new Subject.Do(context =>
        {
            context.Watch(target);
            target.GracefulStop(TimeSpan.FromSeconds(5)).Wait();
        }));
        watcher.Tell(new Subject.Do(context => context.Unwatch(target)));
        watcher.Tell("alive");
        ExpectMsg("PostStop");
        ExpectMsg("alive");
    }

    [Fact]
    public void WatchWith_must_deliver_the_given_message_instead()
    {
        var target = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        var watcher = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        watcher.Tell(new Subject.Do(context => context.WatchWith(target, "it is gone")));
        Sys.Stop(target);
        ExpectMsgAllOf("PostStop", "it is gone");
    }

    [Fact]
    public void An_unhandled_Terminated_must_fail_the_watcher()
    {
        var target = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        var watcher = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        watcher.Tell(new Subject.Do(context => context.Watch(target)));
        Watch(watcher);
        EventFilter.Exception<DeathPactException>().ExpectOne(() => target.Tell(PoisonPill.Instance));
        FishForMessage<Terminated>(terminated => terminated.ActorRef.Equals(watcher));
    }

    [Fact]
    public void A_name_must_be_taken_until_its_actor_has_really_stopped()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        using var stopping = new ManualResetEventSlim();
        using var mayStop = new ManualResetEventSlim();
        parent.Tell(new Subject.Do(context =>
        {
            var child = context.ActorOf(Props.Create(() => new SlowToStop(stopping, mayStop)), "child");
            context.Stop(child);
            stopping.Wait();
            Should.Throw<InvalidActorNameException>(() => context.ActorOf(Props.Create(() => new Subject(TestActor)), "child"))
                .Message.ShouldContain("\"child\" is not unique");
            context.Self.Tell("still taken");
        }));
        ExpectMsg("still taken");
        mayStop.Set();
        AwaitAssert(() =>
        {
            parent.Tell(new Subject.Do(context =>
            {
                if (context.Child("child").IsNobody())
                    context.Self.Tell("free");
            }));
            ExpectMsg("free", TimeSpan.FromMilliseconds(200));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("$a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    public void Illegal_names_must_be_refused(string name) =>
        Should.Throw<InvalidActorNameException>(() => Sys.ActorOf(Props.Create(() => new Subject(TestActor)), name));

    [Fact]
    public void A_constructor_that_throws_must_stop_the_actor_with_an_initialization_failure()
    {
        var actor = default(IActorRef);
        EventFilter.Exception<ActorInitializationException>().ExpectOne(() =>
        {
            actor = Sys.ActorOf(Props.Create(() => new Unborn()));
            Watch(actor);
        });
        ExpectTerminated(actor);
    }

    [Fact]
    public void Kill_must_fail_the_actor_and_stop_it_by_default()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        Watch(actor);
        EventFilter.Exception<ActorKilledException>().ExpectOne(() => actor.Tell(Kill.Instance));
        ExpectMsg("PostStop");
        ExpectTerminated(actor);
    }

    [Fact]
    public void Stopping_must_stop_descendants_before_their_parents()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Subject(TestActor)), "parent");
        ExpectMsg("PreStart");
        parent.Tell(new Subject.Do(context => context.ActorOf(Props.Create(() => new Subject(TestActor)), "child")));
        ExpectMsg("PreStart");
        Sys.Stop(parent);
        ExpectMsg("PostStop");
        LastSender.Path.Name.ShouldBe("child");
        ExpectMsg("PostStop");
        LastSender.ShouldBe(parent);
    }

    [Fact]
    public async Task A_system_that_has_terminated_must_not_take_actors()
    {
        Sys.ActorOf(Props.Create(() => new Subject(TestActor)));
        ExpectMsg("PreStart");
        await Sys.Terminate().WaitAsync(TimeSpan.FromSeconds(10));
        Should.Throw<InvalidOperationException>(() => Sys.ActorOf(Props.Create(() => new Subject(TestActor))));
    }

    [Fact]
    public void An_actor_must_not_be_made_with_new() =>
        Should.Throw<ActorInitializationException>(() => RunOutsideOfActors(() => new Unborn(1)));

    static void RunOutsideOfActors(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        .GetAwaiter().GetResult();

    sealed class Unborn : UntypedActor
    {
        public Unborn() => throw new ArgumentException("no");

        public Unborn(int _)
        {
        }

        protected override void OnReceive(object message)
        {
        }
    }

    sealed class SlowToStop(ManualResetEventSlim stopping, ManualResetEventSlim mayStop) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostStop()
        {
            stopping.Set();
            mayStop.Wait();
        }
    }
}
