using Akka.Actor;

namespace Akka.InProcess.Tests.Actors;

public sealed class SupervisionSpec : Akka.TestKit.Xunit2.TestKit
{
    sealed class Supervisor(SupervisorStrategy strategy, IActorRef reportTo) : Subject(reportTo)
    {
        protected override SupervisorStrategy SupervisorStrategy() => strategy;

        protected override void PreStart()
        {
        }
    }

    (IActorRef Parent, IActorRef[] Children) Family(SupervisorStrategy strategy, int children = 1)
    {
        var parent = Sys.ActorOf(Props.Create(() => new Supervisor(strategy, TestActor)), "parent");
        var refs = new IActorRef[children];
        for (var i = 0; i < children; i++)
        {
            var name = "child" + i;
            parent.Tell(new Subject.Do(context => context.ActorOf(Props.Create(() => new Subject(TestActor)), name)));
            ExpectMsg("PreStart");
            refs[i] = LastSender;
        }
        return (parent, refs);
    }

    [Fact]
    public void Resume_must_keep_the_instance()
    {
        var (_, children) = Family(new OneForOneStrategy(_ => Directive.Resume));
        children[0].Tell(new Exception("boom"));
        children[0].Tell("alive");
        ExpectMsg("alive");
    }

    [Fact]
    public void Restart_must_leave_siblings_alone_under_one_for_one()
    {
        var (_, children) = Family(new OneForOneStrategy(_ => Directive.Restart), 2);
        children[0].Tell(new Exception("boom"));
        ExpectMsgFrom(children[0], "PreRestart boom Exception");
        ExpectMsgFrom(children[0], "PostStop");
        ExpectMsgFrom(children[0], "PostRestart boom");
        ExpectMsgFrom(children[0], "PreStart");
        children[1].Tell("undisturbed");
        ExpectMsgFrom(children[1], "undisturbed");
    }

    [Fact]
    public void Restart_must_restart_siblings_under_all_for_one()
    {
        var (_, children) = Family(new AllForOneStrategy(_ => Directive.Restart), 2);
        children[0].Tell(new Exception("boom"));
        var seen = ReceiveN(8).Cast<string>().ToList();
        seen.Count(what => what == "PostRestart boom").ShouldBe(2);
        seen.ShouldContain("PreRestart boom ");
    }

    [Fact]
    public void Stop_must_stop_the_child()
    {
        var (_, children) = Family(new OneForOneStrategy(_ => Directive.Stop));
        Watch(children[0]);
        children[0].Tell(new Exception("boom"));
        ExpectMsg("PostStop");
        ExpectTerminated(children[0]);
    }

    [Fact]
    public void Escalate_must_fail_the_parent_whose_restart_stops_the_child()
    {
        var (parent, children) = Family(new OneForOneStrategy(_ => Directive.Escalate));
        Watch(children[0]);
        children[0].Tell(new Exception("boom"));
        ExpectMsgFrom<string>(from => from.Equals(parent), what => what.StartsWith("PreRestart boom", StringComparison.Ordinal));
        FishForMessage<Terminated>(terminated => terminated.ActorRef.Equals(children[0]));
        parent.Tell("alive");
        FishForMessage<string>(what => what == "alive");
    }

    [Fact]
    public void The_number_of_restarts_must_be_limited()
    {
        var (_, children) = Family(new OneForOneStrategy(2, null, _ => Directive.Restart));
        Watch(children[0]);
        for (var i = 0; i < 3; i++)
            children[0].Tell(new Exception("boom"));
        var seen = new System.Collections.ArrayList();
        FishForMessage<Terminated>(_ => true, seen);
        seen.OfType<string>().Count(what => what == "PostRestart boom").ShouldBe(2);
    }

    [Fact]
    public void No_retries_must_mean_stop()
    {
        var (_, children) = Family(new OneForOneStrategy(0, -1, _ => Directive.Restart));
        Watch(children[0]);
        children[0].Tell(new Exception("boom"));
        ExpectMsg("PostStop");
        ExpectTerminated(children[0]);
    }

    [Fact]
    public void A_decider_must_take_the_first_type_that_fits()
    {
        var decider = Decider.From(Directive.Escalate,
            new KeyValuePair<Type, Directive>(typeof(ArgumentException), Directive.Stop),
            new KeyValuePair<Type, Directive>(typeof(Exception), Directive.Resume));
        decider.Decide(new ArgumentNullException()).ShouldBe(Directive.Stop);
        decider.Decide(new InvalidOperationException()).ShouldBe(Directive.Resume);
        Decider.From(Directive.Escalate).Decide(new InvalidOperationException()).ShouldBe(Directive.Escalate);
    }

    [Fact]
    public void The_default_decider_must_restart_but_for_failures_to_start_kills_and_death_pacts()
    {
        SupervisorStrategy.DefaultDecider.Decide(new InvalidOperationException()).ShouldBe(Directive.Restart);
        SupervisorStrategy.DefaultDecider.Decide(new ActorInitializationException("x")).ShouldBe(Directive.Stop);
        SupervisorStrategy.DefaultDecider.Decide(new ActorKilledException("x")).ShouldBe(Directive.Stop);
        SupervisorStrategy.DefaultDecider.Decide(new DeathPactException(TestActor)).ShouldBe(Directive.Stop);
    }

    [Fact]
    public void The_strategy_of_the_props_must_go_before_the_actors_own()
    {
        var props = Props.Create(() => new Supervisor(new OneForOneStrategy(_ => Directive.Restart), TestActor))
            .WithSupervisorStrategy(SupervisorStrategy.StoppingStrategy);
        var parent = Sys.ActorOf(props);
        parent.Tell(new Subject.Do(context => context.ActorOf(Props.Create(() => new Subject(TestActor)))));
        ExpectMsg("PreStart");
        Watch(LastSender);
        LastSender.Tell(new Exception("boom"));
        ExpectMsg("PostStop");
        ExpectMsg<Terminated>();
    }

    [Fact]
    public void A_constructor_that_fails_after_a_restart_must_fail_the_actor_again()
    {
        var lives = new Queue<Action>([() => { }, () => throw new InvalidOperationException("not again"), () => { }]);
        var parent = Sys.ActorOf(Props.Create(() => new Supervisor(new OneForOneStrategy(_ => Directive.Restart), TestActor)));
        parent.Tell(new Subject.Do(context => context.ActorOf(Props.Create(() => new Lives(lives, TestActor)))));
        ExpectMsg("born");
        var child = LastSender;
        child.Tell(new Exception("boom"));
        ExpectMsg("born");
        LastSender.ShouldBe(child);
    }

    sealed class Lives : ReceiveActor
    {
        public Lives(Queue<Action> lives, IActorRef reportTo)
        {
            lives.Dequeue()();
            reportTo.Tell("born", Self);
            Receive<Exception>(e => throw e);
        }
    }
}
