using Akka.Actor;
using Akka.Configuration;

namespace Akka.InProcess.Tests.Systems;

public sealed class ActorSystemSpec : Akka.TestKit.Xunit2.TestKit
{
    static readonly Config s_quiet = ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF");

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("a_b")]
    public void An_illegal_name_must_be_refused(string name) => Should.Throw<ArgumentException>(() => ActorSystem.Create(name));

    [Fact]
    public void Paths_must_show_where_an_actor_is()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Actors.Subject(TestActor)), "a");
        actor.Path.ToString().ShouldBe("akka://test/user/a");
        actor.Path.ToStringWithoutAddress().ShouldBe("/user/a");
        actor.Path.Elements.ShouldBe(["user", "a"]);
        actor.Path.Name.ShouldBe("a");
        actor.Path.Parent.ToString().ShouldBe("akka://test/user");
        actor.Path.Root.ToString().ShouldBe("akka://test/");
        actor.Path.Address.ShouldBe(new Address("akka", "test"));
        actor.ToString().ShouldBe($"[akka://test/user/a#{actor.Path.Uid}]");
        actor.Path.ToStringWithAddress(new Address("akka.tcp", "test", "host", 1)).ShouldBe("akka.tcp://test@host:1/user/a");
        ActorPath.Parse("akka://test/user/a").ShouldBe(actor.Path);
        TestActor.Path.Parent.ToString().ShouldBe("akka://test/system");
        Sys.ToString().ShouldBe("akka://test");
        Address.Parse("akka.tcp://sys@host:4711").ShouldBe(new Address("akka.tcp", "sys", "host", 4711));
    }

    [Fact]
    public async Task Termination_must_stop_actors_run_callbacks_last_to_first_and_end()
    {
        var system = ActorSystem.Create("ending", s_quiet);
        var order = new List<string>();
        system.RegisterOnTermination(() => order.Add("first"));
        system.RegisterOnTermination(() => order.Add("second"));
        system.ActorOf(Props.Create(() => new Actors.Subject(TestActor)));
        ExpectMsg("PreStart");
        await system.Terminate().WaitAsync(TimeSpan.FromSeconds(10));
        await system.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(10));
        ExpectMsg("PostStop");
        order.ShouldBe(["second", "first"]);
        Should.Throw<InvalidOperationException>(() => system.RegisterOnTermination(() => { }));
        Should.Throw<SchedulerException>(() => system.Scheduler.ScheduleTellOnce(1, TestActor, "late", ActorRefs.NoSender));
    }

    [Fact]
    public void A_failure_that_reaches_the_top_must_end_the_system()
    {
        var config = ConfigurationFactory.ParseString(
            $"akka.actor.guardian-supervisor-strategy = \"{typeof(Escalating).FullName}, {typeof(Escalating).Assembly.GetName().Name}\"").WithFallback(s_quiet);
        var system = ActorSystem.Create("failing", config.WithFallback("akka.loggers = []"));
        system.ActorOf(Props.Create(() => new Actors.Subject(TestActor))).Tell(new Exception("boom"));
        AwaitCondition(() => system.WhenTerminated.IsCompleted, TimeSpan.FromSeconds(10));
    }

    public sealed class Escalating : SupervisorStrategyConfigurator
    {
        public override SupervisorStrategy Create() => new OneForOneStrategy(_ => Directive.Escalate);
    }

    [Fact]
    public void Systems_must_not_know_each_others_actors_by_name()
    {
        using var other = ActorSystem.Create("test", s_quiet);
        var here = Sys.ActorOf(Props.Create(() => new Actors.Subject(TestActor)), "same");
        var there = other.ActorOf(Props.Create(() => new Actors.Subject(TestActor)), "same");
        there.ShouldNotBe(here);
    }

    [Fact]
    public void Remote_providers_must_be_refused_with_a_way_out() =>
        Should.Throw<ConfigurationException>(() => ActorSystem.Create("x", ConfigurationFactory.ParseString("akka.actor.provider = remote")))
            .Message.ShouldContain("Akka.NET packages");

    [Fact]
    public void Fallbacks_that_are_injected_must_not_replace_what_is_configured()
    {
        using var system = ActorSystem.Create("x", ConfigurationFactory.ParseString("mine.a = 1").WithFallback(s_quiet));
        system.Settings.InjectTopLevelFallback(ConfigurationFactory.ParseString("mine = { a = 2, b = 3 }, akka.home = here"));
        system.Settings.Config.GetInt("mine.a").ShouldBe(1);
        system.Settings.Config.GetInt("mine.b").ShouldBe(3);
        system.Settings.Config.GetString("akka.home").ShouldBe("here");
    }

    [Fact]
    public void An_extension_must_be_made_once_per_system()
    {
        Sys.HasExtension<Counted>().ShouldBeFalse();
        Sys.GetExtension<Counted>().ShouldBeNull();
        var made = Sys.WithExtension<Counted, CountedProvider>();
        Sys.WithExtension<Counted, CountedProvider>().ShouldBeSameAs(made);
        new CountedProvider().Apply(Sys).ShouldBeSameAs(made);
        new CountedProvider().Get(Sys).ShouldBeSameAs(made);
        Sys.RegisterExtension(new CountedProvider()).ShouldBeSameAs(made);
        Sys.TryGetExtension<Counted>(out var found).ShouldBeTrue();
        found.ShouldBeSameAs(made);
        made.System.ShouldBeSameAs(Sys);
    }

    [Fact]
    public void Extensions_of_the_configuration_must_be_made_at_the_start()
    {
        var name = $"{typeof(CountedProvider).FullName}, {typeof(CountedProvider).Assembly.GetName().Name}";
        using var system = ActorSystem.Create("x", ConfigurationFactory.ParseString($"akka.extensions = [\"{name}\"]").WithFallback(s_quiet));
        system.HasExtension<Counted>().ShouldBeTrue();
    }

    public sealed record Counted(ExtendedActorSystem System) : IExtension;

    public sealed class CountedProvider : ExtensionIdProvider<Counted>
    {
        public override Counted CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
