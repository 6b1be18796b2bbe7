namespace GokaAkka.Specs.Clusters;

/// <summary>Reads of a group's table from any node of a cluster.</summary>
public sealed class ClusterQuerySpec(ITestOutputHelper output) : ClusterSpec
{
    static readonly string[] s_keys = [.. Enumerable.Range(0, 60).Select(static i => $"key{i:00}")];
    static readonly QueryOptions s_soon = new() { Timeout = TimeSpan.FromMilliseconds(300) };

    [Fact]
    public async Task Every_node_must_answer_for_every_key_from_the_node_that_has_it()
    {
        var (a, b) = (await Nodes.StartMember(), await Nodes.StartMember());
        var guest = await Nodes.Start();
        await Write();
        await Nodes.ShardsAreWhereThePartitionsAre();
        var reads = guest.Goka.Table(ClusterNodes.Latest);

        foreach (var key in s_keys)
        {
            var owner = a.Processor!.Partitions.Any(p => p.Partition == ClusterNodes.PartitionOf(key) && p.State == PartitionState.Running) ? a : b;
            (await a.Processor.Get(key), await b.Processor!.Get(key), await reads.Get(key)).ShouldBe((Value(key), Value(key), Value(key)), key);
            var answer = await reads.Get(key, QueryOptions.Default);
            (answer.Stamp.Node, answer.Stamp.Source).ShouldBe((owner.Address, ReadSource.Owner), key);
        }

        (await reads.Has("key00"), await reads.Has("nobody"), await a.Processor!.Has("nobody")).ShouldBe((true, false, false));
        (await reads.Get("nobody")).ShouldBe(0);
        (await b.Processor!.GetMany(s_keys.Select(static k => (Key)k).Append("nobody"))).ToDictionary(static e => e.Key.ToString(), static e => e.Value)
            .ShouldBe(s_keys.ToDictionary(static k => k, Value), ignoreOrder: true);
    }

    [Fact]
    public async Task Scan_and_pages_must_be_in_byte_order_over_allNodes()
    {
        var (a, _) = (await Nodes.StartMember(), await Nodes.StartMember());
        var guest = await Nodes.Start();
        await Write();
        var reads = guest.Goka.Table(ClusterNodes.Latest);

        var scanned = new List<string>();
        await foreach (var (key, value) in reads.Scan(KeyRange.From("key10")))
        {
            value.ShouldBe(Value(key.ToString()));
            scanned.Add(key.ToString());
        }

        scanned.ShouldBe(s_keys.Skip(10));
        var first = await a.Processor!.Range(KeyRange.All, 25);
        first.Entries.Select(static e => e.Key.ToString()).ShouldBe(s_keys.Take(25));
        first.Stamps.Select(static s => s.Node).Distinct().Count().ShouldBe(2);
        // A page goes on wherever the partitions are by then.
        await Nodes.StartMember();
        var second = await reads.Range(KeyRange.All, 100, first.Continuation);
        second.Entries.Select(static e => e.Key.ToString()).ShouldBe(s_keys.Skip(25));
        second.Continuation.ShouldBeNull();
    }

    [Fact]
    public async Task Shards_must_follow_the_assignment_through_joins_leaves_and_a_crash_and_no_answer_may_be_wrong()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var first = await Nodes.StartMember();
        await Write();
        await using var storm = new QueryStorm(Nodes, s_keys, seed);
        await Settled("one node");

        var second = await Nodes.StartMember();
        await Settled("a second one joins");
        var third = await Nodes.StartMember();
        await Settled("a third one joins");
        await second.Leave();
        await Settled("the second one leaves");
        await Nodes.StartMember();
        await Settled("a fourth one joins");
        // The oldest: the coordinator of the shards goes with it.
        Nodes.Crash(first);
        await Settled("the first one crashes");

        third.Processor!.State.ShouldBe(ProcessorState.Running);

        async Task Settled(string after)
        {
            await Nodes.ShardsAreWhereThePartitionsAre();
            await storm.Answered();
            output.WriteLine(storm.TakeFigures(after));
            storm.Wrong.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task No_shard_may_be_on_two_regions_and_every_key_must_be_its_owners_after_a_storm_of_rebalances()
    {
        const int rebalances = 50;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        Node[] nodes = [await Nodes.StartMember(), await Nodes.StartMember(), await Nodes.StartMember()];
        await Write();
        await using var storm = new QueryStorm(Nodes, s_keys, seed);

        for (var generation = Generation(); generation < rebalances; generation = Generation())
        {
            var node = nodes[random.Next(nodes.Length)];
            if (node.Processor!.State == ProcessorState.Stopped)
                node.Processor = node.Goka.Process(ClusterNodes.Latest);
            else if (nodes.Count(static n => n.Processor!.State != ProcessorState.Stopped) > 1)
                await node.Processor.Stop().WaitAsync(ClusterNodes.Patience);
            else
                continue;
            await ClusterNodes.Until(() => Generation() > generation, () => $"no rebalance after generation {generation}");
        }

        foreach (var node in nodes.Where(static n => n.Processor!.State == ProcessorState.Stopped))
            node.Processor = node.Goka.Process(ClusterNodes.Latest);
        await Nodes.ShardsAreWhereThePartitionsAre();
        await storm.Answered();
        output.WriteLine(storm.TakeFigures($"{rebalances} rebalances"));
        storm.Wrong.ShouldBeEmpty();
        nodes.SelectMany(static n => n.Shards()).Select(int.Parse).Order().ShouldBe(Enumerable.Range(0, ClusterNodes.Partitions));
        foreach (var (key, node) in from key in s_keys from node in nodes select (key, node))
        {
            var owner = nodes.Single(n => n.Processor!.Partitions.Any(p => p.Partition == ClusterNodes.PartitionOf(key) && p.State == PartitionState.Running));
            (await node.Goka.Tables.Get(ClusterNodes.Table, key)).Stamp.Node.ShouldBe(owner.Address, key);
        }

        int Generation() => nodes.SelectMany(static n => n.Goka.Cluster!.Map.Current.Group(ClusterNodes.Group)?.Board.Nodes ?? []).Max(static c => c.Generation);
    }

    [Fact]
    public async Task Node_that_was_thrown_out_of_the_group_must_not_answer_once_another_has_said_that_it_has_the_partition()
    {
        var (a, b) = (await Nodes.StartMember(), await Nodes.StartMember());
        await Write();
        var mine = a.Processor!.Partitions.Where(static p => p.State == PartitionState.Running).Select(static p => p.Partition).ToHashSet();
        var key = s_keys.First(k => mine.Contains(ClusterNodes.PartitionOf(k)));

        // It is not told, and goes on as if nothing had happened.
        a.Kafka.Hang();
        Nodes.Kafka.ExpireMember(ClusterNodes.Group, $"{a.Name}-{ClusterNodes.Group}");
        await ClusterNodes.Until(() => b.Processor!.Partitions.Count(static p => p.State == PartitionState.Running) == ClusterNodes.Partitions, () => "not all are b's");
        Nodes.Send(key, 1000);
        await Nodes.Committed();
        await ClusterNodes.Until(() => a.Goka.Tables.Get(ClusterNodes.Table, key).Result.Stamp.Node == b.Address, () => "a answers itself");

        (await a.Processor.Get(key)).ShouldBe(1000);
        a.Processor.Partitions.Count(static p => p.State == PartitionState.Running).ShouldBe(mine.Count, "it does not know yet");
        a.Kafka.GoOn();
    }

    [Fact]
    public async Task View_on_another_node_must_answer_for_a_table_that_no_group_here_has()
    {
        Nodes.Kafka.CreateTable("prices", 3);
        Nodes.Kafka.Append("prices", Kafka.Partitioners.Fnv1a.Partition("apple"u8, 3), "apple", "3");
        var (a, b) = (await Nodes.Start(), await Nodes.Start());
        await using var view = a.Goka.View("prices", Codecs.Codec.Int64);
        await view.Ready.WaitAsync(ClusterNodes.Patience);

        var answer = await b.Goka.Table(view.Table).Get("apple", QueryOptions.Default);

        (answer.Value, answer.Stamp.Source, answer.Stamp.Node).ShouldBe((3, ReadSource.View, a.Address));
    }

    [Fact]
    public async Task Value_that_is_too_large_for_a_message_must_be_an_error_that_says_so()
    {
        // Time for the word of the table to get around on a busy machine.
        const string settings = "akka.remote.dot-netty.tcp.maximum-frame-size = 40000b\ngoka.query.attempt-timeout = 10s";
        Nodes.Kafka.CreateTable("blobs", 2);
        foreach (var (key, size) in new[] { ("a", 30_000), ("b", 30_000), ("c", 50_000) })
            Nodes.Kafka.Append("blobs", Kafka.Partitioners.Fnv1a.Partition(System.Text.Encoding.UTF8.GetBytes(key), 2), key, new byte[size]);
        var (a, b) = (await Nodes.Start(settings), await Nodes.Start(settings));
        await using var view = a.Goka.View("blobs", Codecs.Codec.Bytes);
        await view.Ready.WaitAsync(ClusterNodes.Patience);

        var page = await b.Goka.Tables.Range("blobs", KeyRange.Between("a", "c"), 10);
        var error = await Should.ThrowAsync<QueryException>(b.Goka.Tables.Get("blobs", "c"));

        page.Entries.Select(static e => (e.Key.ToString(), e.Value.Length)).ShouldBe([("a", 30_000), ("b", 30_000)]);
        error.Failure.ShouldBe(QueryFailure.Failed);
        error.Message.ShouldContain("a value of about 50000 bytes, and a message to another node may have 40000");
    }

    [Fact]
    public async Task Standby_on_another_node_must_answer_where_that_is_allowed_while_the_owner_is_gone()
    {
        var (a, b) = (await Nodes.StartMember("goka.processor.standby = 1"), await Nodes.StartMember("goka.processor.standby = 1"));
        var guest = await Nodes.Start();
        await Write();
        var mine = a.Processor!.Partitions.Where(static p => p.State == PartitionState.Running).Select(static p => p.Partition).ToHashSet();
        var key = s_keys.First(k => mine.Contains(ClusterNodes.PartitionOf(k)));
        var offset = (await guest.Goka.Tables.Get(ClusterNodes.Table, key)).Stamp.TableOffset - 1;
        var allowed = new QueryOptions { Consistency = ReadConsistency.AtLeast(offset, allowStandby: true) };
        (await guest.Goka.Tables.Get(ClusterNodes.Table, key, allowed)).Stamp.Source.ShouldBe(ReadSource.Owner);

        // Its member of the group is not missed yet: nobody else has its partitions.
        Nodes.Crash(a, expires: false);

        var answer = await guest.Goka.Table(ClusterNodes.Latest).Get(key, allowed);
        (answer.Value, answer.Stamp.Source, answer.Stamp.Node).ShouldBe((Value(key), ReadSource.Standby, b.Address));
        answer.Stamp.TableOffset.ShouldBeGreaterThan(offset);
        (await Should.ThrowAsync<QueryException>(guest.Goka.Tables.Get(ClusterNodes.Table, key, s_soon))).Partition.ShouldBe(ClusterNodes.PartitionOf(key));
    }

    [Fact]
    public async Task Table_of_a_group_that_nobody_runs_must_be_an_error_that_says_so()
    {
        var (a, b) = (await Nodes.StartMember(), await Nodes.Start());
        await Write();
        (await b.Goka.Table(ClusterNodes.Latest).Get("key00")).ShouldBe(Value("key00"));

        var unknown = await Should.ThrowAsync<QueryException>(b.Goka.Tables.Get("other-table", "key00", s_soon));
        await a.Processor!.Stop().WaitAsync(ClusterNodes.Patience);
        var stopped = await Should.ThrowAsync<QueryException>(async () => await b.Goka.Table(ClusterNodes.Latest).Get("key00", s_soon));

        unknown.Failure.ShouldBe(QueryFailure.UnknownTable);
        unknown.Message.ShouldContain("Table 'other-table' is not known in the cluster");
        unknown.Message.ShouldContain($"Known are {ClusterNodes.Table}.");
        stopped.Failure.ShouldBe(QueryFailure.NotRunning);
        stopped.Message.ShouldContain($"Group '{ClusterNodes.Group}'");
    }

    [Fact]
    public async Task Node_whose_seeds_cannot_be_reached_must_say_so()
    {
        var alone = await Nodes.Start("""akka.cluster.seed-nodes = ["akka.tcp://nodes@127.0.0.1:1"]""", joins: false);

        var error = await Should.ThrowAsync<QueryException>(async () => await alone.Goka.Table(ClusterNodes.Latest).Get("key00", s_soon));

        error.Message.ShouldContain("This node is in no cluster yet: it tries to join by akka.tcp://nodes@127.0.0.1:1");
    }

    async Task Write()
    {
        foreach (var key in s_keys)
            Nodes.Send(key, Value(key));
        await Nodes.Committed();
    }

    // Below what the storm writes.
    static long Value(string key) => -Array.IndexOf(s_keys, key) - 1;
}
