using Akka.Cluster;

namespace GokaAkka.Specs;

/// <summary>What nodes tell of themselves and of each other, and what they can be told to do.</summary>
public sealed class InspectionSpec(ITestOutputHelper output) : GokaSpec(output)
{
    [Fact]
    public async Task Node_must_describe_what_it_runs()
    {
        var processor = await Goka.Process(Counting()).Running();
        await using var view = Goka.View("counts-table", Codec.Int64);
        Send("alice", "bob", "alice");
        AwaitCommitted();
        await view.Ready.WaitAsync(Patience);
        Sys.Log.Warning("the disk is {0} % full", 90);

        NodeReport? node = null;
        Eventually(() => (node = Goka.Inspector.Describe()).Log.ShouldContain(l => l.Text == "the disk is 90 % full" && l.Level == "warning"));

        (node!.Address, node.Status, node.Silent, node.Kafka).ShouldBe((Sys.Name, "Single", null, "in-memory Kafka"));
        node.Version.ShouldNotBeEmpty();
        node.Started.ShouldBeLessThanOrEqualTo(node.At);
        var group = node.Groups.ShouldHaveSingleItem();
        (group.Group, group.State, group.Delivery, group.PartitionCount, group.Error).ShouldBe((Group, "Running", "at-least-once", Partitions, null));
        group.Edges.ShouldBe([new EdgeReport("input", "in", "String", "StringCodec"), new EdgeReport("persist", Table, "Int64", "Int64Codec")]);
        group.Rebalances.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            r => r.Kind.ShouldBe("assigned"), r => r.Partitions.ShouldBe([0, 1, 2, 3]));
        group.Partitions.Select(p => (p.Partition, p.Role, p.State)).ShouldBe(Enumerable.Range(0, Partitions).Select(p => (p, "active", "Running")));
        group.Partitions.Sum(p => p.Processed).ShouldBe(3);
        group.Partitions.ShouldAllBe(p => p.RestoreStarted >= node.Started && p.RestoreStarted <= node.At);
        group.Partitions[PartitionOf("alice")].Inputs.ShouldHaveSingleItem().DoneOffset.ShouldBe(Kafka.Offsets("in", PartitionOf("alice")).High);
        var shown = node.Views.ShouldHaveSingleItem();
        (shown.Table, shown.State, shown.LookedUpBy).ShouldBe((Table, "Running", null));
        shown.Partitions.Count.ShouldBe(Partitions);
    }

    [Fact]
    public async Task Node_must_describe_the_view_of_a_table_that_is_looked_up_and_forget_it_with_its_processor()
    {
        Kafka.CreateTable("names", Partitions);
        var processor = await Goka.Process(GroupGraph.Define(Group, g => g.Input("in", Codec.String, (_, _) => { }).Lookup("names", Codec.String))).Running();

        Goka.Inspector.Describe().Views.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            v => v.Table.ShouldBe("names"), v => v.LookedUpBy.ShouldBe(Group), v => v.State.ShouldBe("Running"));
        await processor.Stop().WaitAsync(Patience);
        Eventually(() => Goka.Inspector.Describe().Views.ShouldBeEmpty());
    }

    [Fact]
    public async Task Node_must_go_on_telling_why_a_group_has_failed()
    {
        Kafka.DeleteTopic("in");
        var processor = Goka.Process(Counting());
        await Should.ThrowAsync<StartupException>(processor.Done.WaitAsync(Patience));

        var group = Goka.Inspector.Describe().Groups.ShouldHaveSingleItem();
        group.State.ShouldBe("Failed");
        group.Error!.ShouldStartWith("'counts' cannot start:");
        (await Goka.Inspector.Pause(Group)).ShouldSatisfyAllConditions(o => o.Succeeded.ShouldBeFalse(), o => o.Text.ShouldBe("group 'counts' is Failed here"));
    }

    [Fact]
    public async Task Pause_and_resume_must_reach_the_group_and_name_what_there_is()
    {
        var processor = await Goka.Process(Counting()).Running();

        (await Goka.Inspector.Pause(Group)).ShouldSatisfyAllConditions(
            o => o.Succeeded.ShouldBeTrue(o.Text), o => o.Nodes.ShouldHaveSingleItem().Text.ShouldBe("paused in"));
        Goka.Inspector.Describe().Groups[0].Paused.ShouldBe(["in"]);
        (await Goka.Inspector.Resume(Group, "in")).Succeeded.ShouldBeTrue();
        Goka.Inspector.Describe().Groups[0].Paused.ShouldBeEmpty();

        (await Goka.Inspector.Pause(Group, "out")).ShouldSatisfyAllConditions(
            o => o.Succeeded.ShouldBeFalse(), o => o.Text.ShouldBe("'out' is not an input of group 'counts'; its inputs are in"));
        (await Goka.Inspector.Pause("clicks")).ShouldSatisfyAllConditions(
            o => o.Succeeded.ShouldBeFalse(), o => o.Nodes.ShouldBeEmpty(),
            o => o.Text.ShouldBe("No node runs group 'clicks'; found group 'counts' on spec."));
    }

    [Theory]
    [InlineData("at-least-once")]
    [InlineData("exactly-once")]
    public async Task Partition_must_start_again_as_asked_and_lose_and_repeat_nothing(string delivery)
    {
        var goka = GokaIn(SecondSystem($"goka.processor.delivery = {delivery}"), Storage);
        var processor = await goka.Process(Counting()).Running();
        var alice = PartitionOf("alice");
        Send([.. Enumerable.Repeat("alice", 500)]);

        (await goka.Inspector.RestartPartition(Group, alice)).ShouldSatisfyAllConditions(
            o => o.Succeeded.ShouldBeTrue(o.Text), o => o.Nodes.ShouldHaveSingleItem().Text.ShouldBe($"partition {alice} starts again"));

        AwaitCommitted();
        Eventually(() => goka.Inspector.Describe().Groups[0].Partitions.ShouldAllBe(p => p.State == "Running"));
        (await processor.Get("alice")).ShouldBe(500);
        Eventually(() => goka.Inspector.Describe().Groups[0].Partitions.ShouldAllBe(p => p.Restarts == (p.Partition == alice ? 1 : 0) && p.LastError == null));
        (await goka.Inspector.RestartPartition(Group, 9)).ShouldSatisfyAllConditions(
            o => o.Succeeded.ShouldBeFalse(),
            o => o.Text.ShouldBe("No node has partition 9 of group 'counts'; found partitions 0, 1, 2, 3 of group 'counts' on second."));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Partition_that_cannot_start_again_must_not_be_told_as_found(bool hasFailed)
    {
        var gate = new TaskCompletionSource();
        var processor = await Goka.Process(GroupGraph.Define(Group, g => g.Input(
            "in", Codec.String, (ctx, _) => hasFailed ? throw new InvalidDataException("never") : new ValueTask(gate.Task), new InputOptions { Errors = ErrorPolicy.Fail }))).Running();
        SendTo(1, "key", "");
        Eventually(() => (hasFailed ? processor.State == ProcessorState.Failed : processor.Partitions[1].Inputs[0].Records == 1).ShouldBeTrue());
        if (!hasFailed)
        {
            Kafka.Rebalance(Group);
            Eventually(() => processor.Partitions[1].State.ShouldBe(PartitionState.Draining));
        }

        Eventually(() => Goka.Inspector.RestartPartition(Group, 1).Result.Text.ShouldBe(
            $"No node has partition 1 of group 'counts'; found no partition of group 'counts', which is {(hasFailed ? "Failed" : "Setup")}, on spec."));
        gate.SetResult();
    }

    [Fact]
    public async Task Nodes_of_a_cluster_must_describe_each_other_and_do_what_one_is_told()
    {
        var (first, second) = (Node("goka.kafka.client-id = first, goka.inspection.answer-timeout = 20s"), Node(""));
        foreach (var goka in new[] { first.Goka, second.Goka })
            goka.Process(Counting());
        Eventually(() =>
        {
            foreach (var goka in new[] { first.Goka, second.Goka })
                goka.Inspector.Describe().Groups[0].Partitions.Count(p => p.State == "Running").ShouldBe(Partitions / 2);
        });

        var nodes = await first.Goka.Inspector.DescribeCluster().WaitAsync(Patience);

        nodes.ShouldAllBe(n => n.Silent == null && n.Status == "Up" && n.Roles.Contains("clicks"));
        nodes.Select(n => n.Address).ShouldBe([first.Address, second.Address]);
        nodes.SelectMany(n => n.Groups.Single().Partitions).Where(p => p.State == "Running").Select(p => p.Partition).Order().ShouldBe([0, 1, 2, 3]);
        nodes[1].Groups[0].ShouldSatisfyAllConditions(
            g => g.Edges.Count.ShouldBe(2), g => g.PartitionCount.ShouldBe(Partitions), g => g.Rebalances.ShouldNotBeEmpty());

        var paused = await first.Goka.Inspector.Pause(Group).WaitAsync(Patience);
        paused.ShouldSatisfyAllConditions(p => p.Succeeded.ShouldBeTrue(p.Text), p => p.Nodes.Select(n => n.Node).ShouldBe([first.Address, second.Address]));
        second.Goka.Inspector.Describe().Groups[0].Paused.ShouldBe(["in"]);
        second.Goka.Actions.Add("echo", "Says it.", static (_, _) => Task.CompletedTask);
        (await first.Goka.Inspector.StartAction("echo", "hello").WaitAsync(Patience)).Nodes.ShouldHaveSingleItem().Node.ShouldBe(second.Address);
        Eventually(() => second.Goka.Inspector.Describe().Actions.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            a => a.Status.ShouldBe("succeeded"), a => a.Value.ShouldBe("hello")));
        (await first.Goka.Inspector.StopAction("echo", first.Address).WaitAsync(Patience)).Text.ShouldBe($"There is no action 'echo' on {first.Address}; found none.");
        (await first.Goka.Inspector.StartAction("sing", "").WaitAsync(Patience)).Text.ShouldBe($"There is no action 'sing'; found 'echo' on {second.Address}.");
        (await first.Goka.Inspector.StopAction("echo", "nowhere").WaitAsync(Patience)).Text.ShouldBe(
            $"There is no node nowhere; expected one of {first.Address}, {second.Address}.");
        var there = second.Goka.Inspector.Describe().Groups[0].Partitions.First(p => p.State == "Running").Partition;
        (await first.Goka.Inspector.RestartPartition(Group, there).WaitAsync(Patience)).Nodes.ShouldHaveSingleItem().Node.ShouldBe(second.Address);
    }

    [Fact]
    public async Task Member_that_does_not_answer_must_be_a_report_that_says_so()
    {
        var first = Node("goka.inspection.answer-timeout = 100ms");
        var stranger = Stranger();
        Eventually(() => Akka.Cluster.Cluster.Get(first.System).State.Members.Count(m => m.Status == MemberStatus.Up).ShouldBe(2));

        (await first.Goka.Inspector.DescribeCluster().WaitAsync(Patience))[1].ShouldSatisfyAllConditions(
            n => n.Silent.ShouldBe("it did not answer within 0.1 s"), n => n.Address.ShouldBe(stranger), n => n.Status.ShouldBe("Up"));
    }

    (ActorSystem System, Goka Goka, string Address) Node(string config)
    {
        var system = Member(config);
        return (system, GokaIn(system, new KeptStorage()), Akka.Cluster.Cluster.Get(system).SelfAddress.ToString());
    }

    string Stranger()
    {
        var system = Member("");
        ((ExtendedActorSystem)system).SystemActorOf(Props.Empty, InspectionActor.Name);
        return Akka.Cluster.Cluster.Get(system).SelfAddress.ToString();
    }

    ActorSystem Member(string config)
    {
        var system = SecondSystem(config + "\n" + """
            akka.actor { provider = cluster, serialization-settings.allow-unregistered-types = false }
            akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
            akka.cluster.roles = [clicks]
            """);
        var cluster = Akka.Cluster.Cluster.Get(system);
        _seed ??= cluster.SelfAddress;
        cluster.Join(_seed);
        AwaitCondition(() => cluster.State.Members.Any(m => m.UniqueAddress.Equals(cluster.SelfUniqueAddress) && m.Status == MemberStatus.Up), Patience);
        return system;
    }

    Address? _seed;

    [Fact]
    public void Topology_must_draw_what_several_groups_share_once()
    {
        var first = new GroupReport { Group = "clicks", State = "Running", Edges = [new("input", "clicks", "String", "StringCodec"), new("persist", "clicks-table", "Int64", "Int64Codec")] };
        var second = new GroupReport { Group = "top", State = "Running", Edges = [new("input", "orders", "String", "StringCodec"), new("join", "clicks-table", "Int64", "Int64Codec")] };

        var dot = Topology.Dot([first, second, first]);
        var mermaid = Topology.Mermaid([second, first]);

        dot.Split("\"clicks-table\" [shape=cylinder]").Length.ShouldBe(2);
        dot.ShouldContain("\"clicks\" -> \"group clicks\" [label=\"input\"]");
        dot.ShouldContain("\"clicks-table\" -> \"top\" [label=\"join\"]");
        mermaid.ShouldContain("g0 -- persist --> t1");
        mermaid.ShouldContain("t1 -- join --> g1");
        Topology.Text([second, first]).ShouldStartWith("group clicks\n  input   clicks (String, StringCodec)\n");
    }
}
