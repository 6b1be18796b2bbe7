namespace GokaAkka.Tests.WithTester;

public class NodeTests
{
    readonly Tester _tester = new();

    [Fact]
    public void Nodes_of_a_group_must_share_its_partitions()
    {
        var tester = new Tester(new TesterOptions { Partitions = 5 });
        var rebalances = new List<string>();
        var options = new ProcessorOptions { Rebalanced = r => rebalances.Add($"{r.Kind} {string.Join(',', r.Partitions)}") };
        var first = tester.Process(Graphs.Counter(), options);
        var second = tester.Process(Graphs.Counter(), node: new TesterNodeOptions { Name = "other" });

        Has(first).ShouldBe([0, 1, 2]);
        Has(second).ShouldBe([3, 4]);
        rebalances.ShouldBe(["Assigned 0,1,2,3,4", "Revoked 3,4"]);
        second.ToString().ShouldBe("counter/other (Running)");
        Count(tester, 100);
        second.Stop();
        Count(tester, 100);

        Has(first).ShouldBe([0, 1, 2, 3, 4]);
        second.State.ShouldBe(TesterNodeState.Stopped);
        tester.TableKeys("counter-table").ShouldAllBe(k => tester.TableValue<long>("counter-table", k) == 2);
    }

    [Fact]
    public void A_partition_that_is_moved_must_take_its_table_along_and_process_nothing_twice()
    {
        var tester = new Tester(new TesterOptions { Partitions = 2 });
        var first = tester.Process(Graphs.Counter());
        var second = tester.Process(Graphs.Counter());
        Count(tester, 50);

        tester.Faults.Move(0, second);
        Count(tester, 50);
        tester.Faults.Move(0, first);
        tester.Faults.Move(1, first);
        Count(tester, 50);

        Has(second).ShouldBeEmpty();
        tester.TableKeys("counter-table").Count.ShouldBe(50);
        tester.TableKeys("counter-table").ShouldAllBe(k => tester.TableValue<long>("counter-table", k) == 3);
    }

    [Fact]
    public void A_move_must_wait_for_what_is_not_acknowledged_until_the_time_to_drain_is_over()
    {
        var tester = new Tester(new TesterOptions { Partitions = 1 });
        var first = tester.Process(Graphs.Counter());
        tester.Process(Graphs.Counter());
        var second = (TesterNode<long>)tester.Nodes[1];
        tester.Consume("in", "k", "v");
        using var held = tester.Faults.HoldAcks("counter-table");
        tester.Consume("in", "k", "v");
        var began = tester.Time.GetUtcNow();

        tester.Faults.Move(0, second);

        // The drain time-out; what was not acknowledged was not committed and is counted again by the next owner.
        (tester.Time.GetUtcNow() - began).ShouldBe(TimeSpan.FromSeconds(20));
        tester.CommittedOffset("counter", "in").ShouldBe(1);
        Has(first).ShouldBeEmpty();
        second.Get("k").ShouldBe(3);
    }

    [Fact]
    public void A_partition_that_is_lost_must_commit_nothing_and_go_to_another_node()
    {
        var tester = new Tester(new TesterOptions { Partitions = 2 });
        var first = tester.Process(Graphs.Counter());
        var second = tester.Process(Graphs.Counter());
        var key = KeyOf(partition: 0, of: 2);
        using (tester.Faults.HoldAcks("counter-table"))
        {
            tester.Consume("in", key, "v");
            tester.Faults.Lose(first, 0);
            tester.CommittedOffset("counter", "in", 0).ShouldBeNull();
        }

        tester.Settle();
        Has(second).ShouldBe([0, 1]);
        // The changelog had the first count, and the record was read again.
        second.Get(key).ShouldBe(2);
        tester.CommittedOffset("counter", "in", 0).ShouldBe(1);
    }

    [Fact]
    public void A_node_that_crashes_must_find_its_store_as_it_was_last_flushed()
    {
        var tester = new Tester(new TesterOptions { FlushWhenSettled = false });
        var node = tester.Process(Graphs.Counter());
        tester.Consume("in", "a", "v");
        tester.Consume("in", "b", "v");
        tester.Flush();
        tester.Consume("in", "c", "v");

        tester.Faults.Crash(node);
        node.State.ShouldBe(TesterNodeState.Crashed);
        tester.Consume("in", "a", "v");
        tester.Faults.Restart(node);

        // One record of three was not in the store.
        node.Partitions[0].Restored.ShouldBe(1);
        node.Get("a").ShouldBe(2);
        node.Get("c").ShouldBe(1);
        tester.Faults.Crash(node);
        tester.Faults.WipeStores(node);
        tester.Faults.Restart(node);
        node.Partitions[0].Restored.ShouldBe(4);
        node.Get("a").ShouldBe(2);
    }

    [Fact]
    public void A_crash_of_one_node_must_be_made_good_by_the_others()
    {
        var tester = new Tester(new TesterOptions { Partitions = 6 });
        var nodes = Enumerable.Range(0, 3).Select(_ => tester.Process(Graphs.Counter())).ToList();
        Count(tester, 60);

        tester.Faults.Crash(nodes[1]);
        Count(tester, 60);
        tester.Faults.Restart(nodes[1]);
        Count(tester, 60);

        // The order of joining decides: it comes last now.
        Has(nodes[1]).ShouldBe([4, 5]);
        tester.TableKeys("counter-table").ShouldAllBe(k => tester.TableValue<long>("counter-table", k) == 3);
    }

    [Fact]
    public void A_node_that_stops_must_let_its_callback_end_and_commit_it()
    {
        var ended = false;
        var node = _tester.Process(Graphs.Waiter(async (_, _) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(3), _tester.Time);
            ended = true;
        }));
        _tester.Append("in", "k", "v");
        _tester.Run();

        node.Stop();

        ended.ShouldBeTrue();
        _tester.CommittedOffset("waiter", "in").ShouldBe(1);
    }

    [Fact]
    public void A_poison_record_must_fail_one_node_after_the_other()
    {
        var tester = new Tester(new TesterOptions { OnError = ErrorPolicy.Fail });
        var first = tester.Process(Graphs.Reader((_, _) => throw new InvalidOperationException("poison")));
        var second = tester.Process(Graphs.Reader((_, _) => throw new InvalidOperationException("poison")));

        Should.Throw<TesterException>(() => tester.Consume("in", "k", "v"));

        first.State.ShouldBe(TesterNodeState.Failed);
        second.State.ShouldBe(TesterNodeState.Failed);
    }

    [Fact]
    public void A_store_that_is_older_than_its_topic_must_be_rebuilt_when_the_topic_was_made_again()
    {
        var node = _tester.Process(Graphs.Counter());
        _tester.Consume("in", "old", "v");
        node.Stop();
        _tester.Faults.RecreateTopic("counter-table");
        _tester.SetTableValue("counter-table", "new", 5L);

        _tester.Faults.Restart(node);

        node.Get("old").ShouldBe(0);
        node.Get("new").ShouldBe(5);
    }

    [Fact]
    public void A_table_whose_last_record_was_compacted_away_must_be_restored()
    {
        var node = _tester.Process(Graphs.Counter());
        _tester.Consume("in", "a", "v");
        _tester.SetTableValue("counter-table", "gone", 1L);
        _tester.DeleteTableValue("counter-table", "gone");
        _tester.Faults.Crash(node);
        _tester.Faults.WipeStores(node);

        _tester.Faults.Compact("counter-table");
        _tester.Faults.Restart(node);

        node.State.ShouldBe(TesterNodeState.Running);
        node.Get("a").ShouldBe(1);
        _tester.HasTableValue("counter-table", "gone").ShouldBeFalse();
    }

    [Fact]
    public void The_partitioner_of_the_processor_must_place_what_it_writes_and_find_what_is_asked()
    {
        _tester.CreateTopic("in", 10);
        _tester.CreateTopic("out", 10);
        var murmur2 = Partitioners.Murmur2;
        var partition = murmur2.Partition("alice"u8, 10);
        var node = _tester.Process(
            GroupGraph.Define<string>("g", g => g
                .Input("in", Codec.String, (ctx, value) =>
                {
                    ctx.SetValue(value);
                    ctx.Emit("out", ctx.Key, value);
                })
                .Output("out", Codec.String)
                .Persist(Codec.String)),
            new ProcessorOptions { Partitioner = murmur2 });

        _tester.Consume("in", "alice", "v", partition: partition);

        _tester.Journal.Last(r => r.Topic == "out").Partition.ShouldBe(partition);
        node.Get("alice").ShouldBe("v");
    }

    [Fact]
    public void Options_of_the_processor_must_hold()
    {
        GroupGraph? hooked = null;
        var graph = Graphs.Counter();
        _tester.Process(graph, new ProcessorOptions { DefaultHeaders = Headers.Of("app", "test"), GraphHook = g => hooked = g });

        _tester.Consume("in", "k", "v");

        hooked.ShouldBeSameAs(graph);
        _tester.Journal.Single(r => r.Topic == "counter-table").Headers.GetString("app").ShouldBe("test");
    }

    [Fact]
    public void A_key_must_be_asked_of_the_node_that_has_it()
    {
        var tester = new Tester(new TesterOptions { Partitions = 2 });
        var first = tester.Process(Graphs.Counter());
        var second = tester.Process(Graphs.Counter());
        var key = KeyOf(partition: 1, of: 2);
        tester.Consume("in", key, "v");

        second.Get(key).ShouldBe(1);
        Should.Throw<PartitionNotHereException>(() => first.Get(key)).Partition.ShouldBe(1);
    }

    static void Count(Tester tester, int keys)
    {
        for (var i = 0; i < keys; i++)
            tester.Append("in", $"key-{i}", "v");
        tester.Settle();
    }

    static IEnumerable<int> Has(TesterNode node) => node.Partitions.Select(p => p.Partition);

    static string KeyOf(int partition, int of) => Enumerable.Range(0, 100).Select(i => $"key-{i}")
        .First(k => Partitioners.Fnv1a.Partition(System.Text.Encoding.UTF8.GetBytes(k), of) == partition);
}
