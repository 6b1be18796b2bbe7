using Akka.Serialization;
using GokaAkka.Cluster.Serialization;

namespace GokaAkka.Specs.Clusters;

/// <summary>GokaAkka's messages go between nodes by its own serializer, and an application's messages as if GokaAkka were not there.</summary>
public sealed class WireSpec : ClusterSpec
{
    static readonly string[] s_keys = [.. Enumerable.Range(0, 40).Select(static i => $"key{i:00}")];

    [Fact]
    public async Task Nodes_must_do_all_their_work_without_akkas_fallback()
    {
        var (a, b) = (await Nodes.StartMember(), await Nodes.StartMember());
        var guest = await Nodes.Start();
        b.Goka.Actions.Add("echo", "Says it.", static (_, _) => Task.CompletedTask);
        foreach (var key in s_keys)
            Nodes.Send(key, 7);
        await Nodes.Committed();
        await Nodes.ShardsAreWhereThePartitionsAre();

        await Read();
        var refused = await guest.System.ActorSelection($"{a.Address}/system/goka-reads").Ask<ReadRefused>(
            new ReadKey("nothing", 0, 0, false, "key00"u8.ToArray()), ClusterNodes.Patience);
        (refused.Failure, refused.Node).ShouldBe((QueryFailure.UnknownTable, a.Address));
        var client = new CommandClient(guest.Goka);
        (await client.Run("cluster show")).Ok().Rows.Count.ShouldBe(3);
        (await client.Run($"group pause {ClusterNodes.Group}")).Ok().Rows.ShouldBe([$"{a.Address} | yes | paused in", $"{b.Address} | yes | paused in"], ignoreOrder: true);
        (await client.Run($"group resume {ClusterNodes.Group} in")).Ok().Rows.Count.ShouldBe(2);
        (await client.Run($"group pause {ClusterNodes.Group} nothing")).Error!.ShouldContain("'nothing' is not an input");
        (await client.Run($"partition restart {ClusterNodes.Group} 3")).Ok().Rows.Count.ShouldBe(1);
        (await client.Run($"action start echo hello --node {b.Address}")).Ok();
        (await client.Run("action stop echo")).Ok();
        (await client.Run($"table range {ClusterNodes.Table} --limit 30")).Ok().Rows.Count.ShouldBe(30);

        var nodes = await guest.Goka.Inspector.DescribeCluster();
        nodes.ShouldAllBe(static n => n.Silent == null);
        nodes.SelectMany(static n => n.Groups).Count().ShouldBe(2);
        await Nodes.StartMember();
        await Nodes.ShardsAreWhereThePartitionsAre();
        await Read();
        await b.Leave();
        await Nodes.ShardsAreWhereThePartitionsAre();
        await Read();

        Nodes.Refused.ShouldBeEmpty();
        // That would have been heard.
        guest.System.ActorSelection($"{a.Address}/system/goka-reads").Tell(new Order("a", [1]));
        await ClusterNodes.Until(() => !Nodes.Refused.IsEmpty, static () => "a message without a serializer was not refused");
        Nodes.Refused.ShouldHaveSingleItem().ShouldContain("No serializer binding found for type Order");
        Nodes.Refused.Clear();

        async Task Read()
        {
            var reads = guest.Goka.Table(ClusterNodes.Latest);
            foreach (var key in s_keys)
                (await reads.Get(key)).ShouldBe(7, key);
            (await reads.Has("key00"), await reads.Has("nobody")).ShouldBe((true, false));
            var first = await reads.Range(KeyRange.All, 25);
            var second = await reads.Range(KeyRange.All, 25, first.Continuation);
            first.Entries.Concat(second.Entries).Select(static e => e.Key.ToString()).ShouldBe(s_keys);
        }
    }

    [Fact]
    public async Task Message_of_a_later_version_must_be_refused_with_one_line_in_the_log_and_with_an_answer()
    {
        var old = await Nodes.StartMember();
        var later = await Nodes.Start("""
            akka.log-serializer-override-on-start = off
            akka.actor {
              serializers.later = "GokaAkka.Specs.Clusters.WireSpec+LaterSerializer, GokaAkka.Specs"
              serialization-bindings { "GokaAkka.Queries.ReadKey, GokaAkka" = later, "GokaAkka.Inspection.DescribeNode, GokaAkka" = later }
            }
            """);

        for (var i = 0; i < 3; i++)
        {
            var error = await Should.ThrowAsync<QueryException>(async () => await later.Goka.Table(ClusterNodes.Latest).Get("key00"));
            (error.Failure, error.Partition).ShouldBe((QueryFailure.Failed, ClusterNodes.PartitionOf("key00")));
            error.Message.ShouldContain("runs another version of GokaAkka, which does not know messages of format 'ReadKey/99'");
            (await later.Goka.Inspector.DescribeCluster())[1].Silent!.ShouldStartWith("it runs another version of GokaAkka, which does not know messages of format 'DescribeNode/99'");
        }

        // What is known is answered, over the same connection.
        (await later.Goka.Table(ClusterNodes.Latest).Range(KeyRange.All, 10)).Entries.ShouldBeEmpty();
        (await later.Goka.Inspector.Pause(ClusterNodes.Group)).Succeeded.ShouldBeTrue();
        (later.Cluster.State.Unreachable, old.Cluster.State.Unreachable).ShouldSatisfyAllConditions(u => u.Item1.ShouldBeEmpty(), u => u.Item2.ShouldBeEmpty());
        Nodes.Refused.Order(StringComparer.Ordinal).ToArray().ShouldSatisfyAllConditions(
            r => r.Length.ShouldBe(2), r => r[0].ShouldContain("format 'DescribeNode/99' is refused"), r => r[1].ShouldContain("format 'ReadKey/99' is refused"));
        Nodes.Refused.Clear();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_of_the_application_must_travel_as_without_goka(bool isOnBoth)
    {
        ActorSystem[] systems = [Plain(), Plain()];
        try
        {
            var (first, second) = (Akka.Cluster.Cluster.Get(systems[0]), Akka.Cluster.Cluster.Get(systems[1]));
            using var deadline = new CancellationTokenSource(ClusterNodes.Patience);
            await first.JoinAsync(first.SelfAddress, deadline.Token);
            await second.JoinAsync(first.SelfAddress, deadline.Token);
            var goka = GokaIn(systems[0]);
            if (isOnBoth)
                GokaIn(systems[1]);

            foreach (var (from, to) in new[] { (systems[0], second), (systems[1], first) })
            {
                var echo = from.ActorSelection($"{to.SelfAddress}/user/echo");
                for (var i = 0; i < 50; i++)
                    (await echo.Ask<Order>(new Order("apples", [i]), ClusterNodes.Patience)).Amounts.ShouldBe([i]);
            }

            var nodes = await goka.Inspector.DescribeCluster();
            nodes[1].Silent.ShouldBe(isOnBoth ? null : "GokaAkka does not run there");
            (await goka.Inspector.Pause("nothing")).Text.ShouldStartWith("No node runs group 'nothing'");
        }
        finally
        {
            await Task.WhenAll(systems.Select(static s => s.Terminate())).WaitAsync(ClusterNodes.Patience);
        }
    }

    [Fact]
    public async Task Serializer_must_be_in_force_in_a_system_that_was_there_before_goka_and_has_bindings_of_its_own()
    {
        var system = ActorSystem.Create("x", """
            akka.loggers = []
            akka.actor {
              serializers.own = "Akka.Serialization.ByteArraySerializer, Akka"
              serialization-bindings { "GokaAkka.Specs.Clusters.WireSpec+Order, GokaAkka.Specs" = own }
            }
            """);
        try
        {
            system.Serialization.FindSerializerForType(typeof(ReadKey)).ShouldBeOfType<NewtonSoftJsonSerializer>();

            GokaIn(system);

            WireFormats.All.ShouldAllBe(f => system.Serialization.FindSerializerForType(f.Type, null) is GokaSerializer);
            system.Serialization.FindSerializerForType(typeof(Order)).ShouldBeOfType<ByteArraySerializer>();
            system.Serialization.FindSerializerForType(typeof(WireSpec)).ShouldBeOfType<NewtonSoftJsonSerializer>();
        }
        finally
        {
            await system.Terminate().WaitAsync(ClusterNodes.Patience);
        }
    }

    ActorSystem Plain()
    {
        var system = ActorSystem.Create("nodes", ConfigurationFactory.ParseString("goka.cluster.tell-interval = 10ms").WithFallback(ClusterNodes.Settings));
        system.EventStream.Subscribe(system.ActorOf(RefusalListener.Props(Nodes.Refused)), typeof(LogEvent));
        system.ActorOf(Props.Create(static () => new Echo()), "echo");
        return system;
    }

    Goka GokaIn(ActorSystem system) => Goka.Get(system, new GokaOptions { Kafka = Nodes.Kafka, Storage = new KeptStorage() });

    public sealed record Order(string Of, int[] Amounts);

    public sealed class Echo : ReceiveActor
    {
        public Echo() => Receive<Order>(o => Sender.Tell(o));
    }

    /// <summary>Writes what is bound to it in formats that do not exist yet.</summary>
    public sealed class LaterSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        readonly GokaSerializer _today = new(system);

        public override int Identifier => _today.Identifier;

        public override string Manifest(object o) => o is ReadKey or DescribeNode ? $"{o.GetType().Name}/99" : _today.Manifest(o);

        public override byte[] ToBinary(object obj) => _today.ToBinary(obj);

        public override object FromBinary(byte[] bytes, string manifest) => _today.FromBinary(bytes, manifest);
    }
}
