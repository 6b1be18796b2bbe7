using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.InProcess.Tests.Clusters;

using Cluster = Akka.Cluster.Cluster;

public sealed class RemotingSpec
{
    const string Bindings = """
        akka.actor {
          serializers.letters = "Akka.InProcess.Tests.Clusters.RemotingSpec+LetterSerializer, Akka.InProcess.Tests"
          serialization-bindings { "Akka.InProcess.Tests.Clusters.RemotingSpec+Letter, Akka.InProcess.Tests" = letters }
        }
        """;

    [Fact]
    public async Task Actors_of_other_systems_must_be_found_by_path_and_answer()
    {
        await using var nodes = new Nodes();
        var (here, there) = (nodes.Start(), nodes.Start());
        var echo = there.ActorOf(Props.Create(() => new Echo()), "echo");
        var selection = here.ActorSelection(new RootActorPath(Nodes.AddressOf(there)) / "user" / "echo");
        (await selection.Ask<string>("hello", Nodes.Patience)).ShouldBe("hello");
        var found = await selection.ResolveOne(Nodes.Patience);
        found.Path.Address.ShouldBe(Nodes.AddressOf(there));
        found.Path.Uid.ShouldBe(echo.Path.Uid);
        found.Path.ToString().ShouldBe(Nodes.AddressOf(there) + "/user/echo");
        (await found.Ask<string>("again", Nodes.Patience)).ShouldBe("again");
    }

    [Fact]
    public async Task A_path_without_an_actor_must_be_found_out()
    {
        await using var nodes = new Nodes();
        var (here, there) = (nodes.Start(), nodes.Start());
        await Should.ThrowAsync<ActorNotFoundException>(here.ActorSelection(new RootActorPath(Nodes.AddressOf(there)) / "user" / "nobody")
            .ResolveOne(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Senders_must_be_seen_at_their_systems_address()
    {
        await using var nodes = new Nodes();
        var (here, there) = (nodes.Start(), nodes.Start());
        var receiver = new Recorder(there, "receiver");
        var sender = new Recorder(here, "sender");
        here.ActorSelection(new RootActorPath(Nodes.AddressOf(there)) / "user" / "receiver").Tell("hi", sender.Ref);
        await receiver.Expect<string>();
        receiver.Senders[0].Path.ShouldBe(new RootActorPath(Nodes.AddressOf(here)) / "user" / "sender");
        receiver.Senders[0].Tell("back", receiver.Ref);
        await sender.Expect<string>(text => text == "back");
    }

    [Fact]
    public async Task A_watcher_must_be_told_when_an_actor_of_another_system_stops()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(2);
        systems[1].ActorOf(Props.Create(() => new Echo()), "echo");
        var echo = await systems[0].ActorSelection(new RootActorPath(Nodes.AddressOf(systems[1])) / "user" / "echo").ResolveOne(Nodes.Patience);
        var recorder = new Recorder(systems[0]);
        recorder.Watch(echo);
        // The watch is handled before the message, which comes from the same actor.
        echo.Tell(0, recorder.Ref);
        var terminated = await recorder.Expect<Terminated>();
        terminated.ActorRef.ShouldBe(echo);
        terminated.AddressTerminated.ShouldBeFalse();
    }

    [Fact]
    public async Task A_watcher_must_be_told_when_a_crashed_node_is_removed()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(3);
        systems[2].ActorOf(Props.Create(() => new Echo()), "echo");
        var echo = await systems[0].ActorSelection(new RootActorPath(Nodes.AddressOf(systems[2])) / "user" / "echo").ResolveOne(Nodes.Patience);
        var recorder = new Recorder(systems[0]);
        recorder.Watch(echo);
        (await echo.Ask<string>("there", Nodes.Patience)).ShouldBe("there");
        Nodes.Crash(systems[2]);
        (await recorder.Expect<Terminated>()).ActorRef.ShouldBe(echo);
    }

    [Fact]
    public async Task Asking_a_crashed_node_must_time_out()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(2);
        systems[1].ActorOf(Props.Create(() => new Echo()), "echo");
        var echo = await systems[0].ActorSelection(new RootActorPath(Nodes.AddressOf(systems[1])) / "user" / "echo").ResolveOne(Nodes.Patience);
        Nodes.Crash(systems[1]);
        await systems[1].WhenTerminated.WaitAsync(Nodes.Patience);
        await Should.ThrowAsync<AskTimeoutException>(echo.Ask<string>("there?", TimeSpan.FromMilliseconds(300)));
    }

    [Fact]
    public async Task Messages_must_go_through_the_serializer_of_their_type_and_references_in_them_must_work()
    {
        await using var nodes = new Nodes();
        var (here, there) = (nodes.Start(Bindings), nodes.Start(Bindings));
        var receiver = new Recorder(there, "receiver");
        var author = new Recorder(here, "author");
        var letter = new Letter("dear", author.Ref);
        here.ActorSelection(new RootActorPath(Nodes.AddressOf(there)) / "user" / "receiver").Tell(letter, ActorRefs.NoSender);
        var received = await receiver.Expect<Letter>();
        received.ShouldNotBeSameAs(letter);
        received.Text.ShouldBe("dear");
        received.Author.Path.Address.ShouldBe(Nodes.AddressOf(here));
        received.Author.Tell("yours");
        await author.Expect<string>(text => text == "yours");
    }

    [Fact]
    public async Task Messages_within_a_system_must_stay_as_they_are()
    {
        await using var nodes = new Nodes();
        var system = nodes.Start(Bindings);
        var recorder = new Recorder(system, "receiver");
        var letter = new Letter("dear", recorder.Ref);
        system.ActorSelection(new RootActorPath(Nodes.AddressOf(system)) / "user" / "receiver").Tell(letter, ActorRefs.NoSender);
        (await recorder.Expect<Letter>()).ShouldBeSameAs(letter);
    }

    [Fact]
    public async Task Many_messages_to_another_system_must_keep_their_order()
    {
        await using var nodes = new Nodes();
        var systems = await nodes.Form(2);
        var receiver = new Recorder(systems[1], "receiver");
        var remote = await systems[0].ActorSelection(new RootActorPath(Nodes.AddressOf(systems[1])) / "user" / "receiver").ResolveOne(Nodes.Patience);
        foreach (var number in Enumerable.Range(0, 1000))
            remote.Tell($"{number}", ActorRefs.NoSender);
        await receiver.Expect<string>(text => text == "999");
        receiver.Told.OfType<string>().ShouldBe(Enumerable.Range(0, 1000).Select(number => $"{number}"));
    }

    public sealed record Letter(string Text, IActorRef Author);

    public sealed class LetterSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4711;

        public override string Manifest(object o) => "letter-1";

        public override byte[] ToBinary(object obj) =>
            Encoding.UTF8.GetBytes($"{((Letter)obj).Text}\n{Akka.Serialization.Serialization.SerializedActorPath(((Letter)obj).Author)}");

        public override object FromBinary(byte[] bytes, string manifest)
        {
            manifest.ShouldBe("letter-1");
            var parts = Encoding.UTF8.GetString(bytes).Split('\n');
            return new Letter(parts[0], system.Provider.ResolveActorRef(parts[1]));
        }
    }
}
