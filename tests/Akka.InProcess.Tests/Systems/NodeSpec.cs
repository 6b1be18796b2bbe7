using Akka.Actor;
using Akka.Event;
using Akka.InProcess.Tests.Clusters;

namespace Akka.InProcess.Tests.Systems;

/// <summary>What the in-process nodes do otherwise than Akka.NET's.</summary>
public sealed class NodeSpec
{
    [Fact]
    public async Task A_node_that_is_not_in_the_process_must_be_warned_of_once_with_a_way_out()
    {
        await using var nodes = new Nodes();
        var system = nodes.Start();
        var warnings = new Recorder(system);
        system.EventStream.Subscribe(warnings.Ref, typeof(Warning));
        var selection = system.ActorSelection("akka.tcp://nodes@10.0.0.1:4053/user/a");
        selection.Tell("one", ActorRefs.NoSender);
        selection.Tell("two", ActorRefs.NoSender);
        system.EventStream.Publish(new Warning("spec", GetType(), "the end"));
        await warnings.Expect<Warning>(warning => $"{warning.Message}" == "the end");
        var told = warnings.Told.OfType<Warning>().Select(warning => $"{warning.Message}").ToList();
        told.Count.ShouldBe(2);
        told[0].ShouldContain("akka.tcp://nodes@10.0.0.1:4053");
        told[0].ShouldContain("Akka.NET packages");
    }

    [Fact]
    public async Task A_seed_node_that_is_not_in_the_process_must_be_warned_of_with_a_way_out()
    {
        await using var nodes = new Nodes();
        var system = nodes.Start("akka.cluster.seed-node-timeout = 100ms");
        var warnings = new Recorder(system);
        system.EventStream.Subscribe(warnings.Ref, typeof(Warning));
        Akka.Cluster.Cluster.Get(system).JoinSeedNodes([Address.Parse("akka.tcp://nodes@10.0.0.1:4053")]);
        var warning = await warnings.Expect<Warning>(warning => $"{warning.Message}".Contains("Couldn't join seed nodes", StringComparison.Ordinal));
        $"{warning.Message}".ShouldContain("Akka.NET packages");
    }

    [Fact]
    public async Task Messages_without_a_serializer_must_be_refused_where_the_configuration_says_so()
    {
        await using var nodes = new Nodes();
        var (here, there) = (nodes.Start("akka.actor.serialize-messages = on"), nodes.Start());
        var receiver = new Recorder(there, "receiver");
        var errors = new Recorder(here);
        here.EventStream.Subscribe(errors.Ref, typeof(Error));
        var selection = here.ActorSelection(new RootActorPath(Nodes.AddressOf(there)) / "user" / "receiver");
        selection.Tell(new Unbound("lost"), ActorRefs.NoSender);
        selection.Tell("arrives", ActorRefs.NoSender);
        await receiver.Expect<string>();
        receiver.Told.ShouldBe(["arrives"]);
        var error = await errors.Expect<Error>();
        error.Cause.Message.ShouldContain(nameof(Unbound));
        error.Cause.Message.ShouldContain("akka.actor.serialization-bindings");
    }

    [Fact]
    public async Task A_crash_must_be_seen_by_watchers_only_when_the_node_is_removed()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3);
        systems[2].ActorOf(Props.Create(() => new Echo()), "echo");
        var echo = await systems[0].ActorSelection(new RootActorPath(Nodes.AddressOf(systems[2])) / "user" / "echo").ResolveOne(Nodes.Patience);
        var recorder = new Recorder(systems[0]);
        recorder.Watch(echo);
        (await echo.Ask<string>("there", Nodes.Patience)).ShouldBe("there");
        Nodes.Crash(systems[2]);
        await systems[2].WhenTerminated.WaitAsync(Nodes.Patience);
        recorder.Told.ShouldBeEmpty();
        (await recorder.Expect<Terminated>()).AddressTerminated.ShouldBeTrue();
        Akka.Cluster.Cluster.Get(systems[0]).State.Members.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_watch_on_a_node_that_is_not_there_must_end_at_once()
    {
        await using var nodes = new Nodes();
        var system = nodes.Start();
        var nobody = ((ExtendedActorSystem)system).Provider.ResolveActorRef("akka.tcp://nodes@10.0.0.1:4053/user/a");
        var recorder = new Recorder(system);
        recorder.Watch(nobody);
        var terminated = await recorder.Expect<Terminated>();
        terminated.ActorRef.ShouldBe(nobody);
        terminated.ExistenceConfirmed.ShouldBeFalse();
    }

    [Theory]
    [InlineData("akka.cluster.split-brain-resolver.active-strategy = lease-majority", "lease-majority")]
    [InlineData("akka.cluster.downing-provider-class = \"My.Own, Mine\"", "My.Own")]
    [InlineData("akka.cluster.seed-nodes = [\"localhost:4053\"]", "localhost:4053")]
    [InlineData("akka.remote.dot-netty.tcp.port = 70000", "70000")]
    public async Task Settings_that_are_not_known_must_be_refused_by_their_value(string setting, string named)
    {
        await using var nodes = new Nodes();
        Should.Throw<Configuration.ConfigurationException>(() => nodes.Start(setting)).Message.ShouldContain(named);
    }

    sealed record Unbound(string Text);
}
