namespace GokaAkka.Specs.GokaMap;

/// <summary>A processor's life and its options.</summary>
public sealed class ProcessorSpec(ITestOutputHelper output) : MapSpec(output)
{
    [Fact]
    public async Task A_processor_must_pass_through_its_states_and_end_well_when_it_is_stopped()
    {
        Kafka.CreateTopic("in");
        var states = new List<ProcessorState>();
        // It gets nowhere before somebody listens.
        Kafka.TakeDown();
        var processor = Goka.Process(Counts);
        processor.StateChanged += state =>
        {
            lock (states)
                states.Add(state);
        };
        Kafka.BringUp();
        await processor.Ready.WaitAsync(Patience);
        processor.State.ShouldBe(ProcessorState.Running);

        await processor.Stop().WaitAsync(Patience);
        await processor.Stop().WaitAsync(Patience);

        processor.Done.IsCompletedSuccessfully.ShouldBeTrue();
        processor.State.ShouldBe(ProcessorState.Stopped);
        lock (states)
            states.TakeLast(3).ShouldBe([ProcessorState.Running, ProcessorState.Stopping, ProcessorState.Stopped]);
    }

    [Fact]
    public async Task Waiting_for_a_state_must_end_when_it_is_reached_and_fault_when_it_never_will_be()
    {
        Kafka.CreateTopic("in");
        var processor = Goka.Process(Counts);
        var stopping = processor.WaitForState(ProcessorState.Stopping);
        var stopped = processor.WaitForState(ProcessorState.Stopped);
        var failed = processor.WaitForState(ProcessorState.Failed);
        using var cancel = new CancellationTokenSource();
        var cancelled = processor.WaitForState(ProcessorState.Stopped, cancel.Token);
        await processor.WaitForState(ProcessorState.Running).WaitAsync(Patience);
        cancel.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(cancelled.WaitAsync(Patience));

        await processor.Stop().WaitAsync(Patience);

        await stopping.WaitAsync(Patience);
        await stopped.WaitAsync(Patience);
        (await Should.ThrowAsync<ProcessorStoppedException>(failed.WaitAsync(Patience))).Message.ShouldContain("is Stopped and will not be Failed");
        await Should.ThrowAsync<ProcessorStoppedException>(processor.WaitForState(ProcessorState.Running).WaitAsync(Patience));
    }

    [Fact]
    public async Task A_processor_must_be_stopped_before_it_is_ready_and_its_wait_for_ready_fault()
    {
        Kafka.CreateTopic("in");
        Kafka.TakeDown();
        var processor = Goka.Process(Counts);

        await processor.Stop().WaitAsync(Patience);

        await Should.ThrowAsync<ProcessorStoppedException>(processor.Ready);
    }

    [Fact]
    public async Task A_group_must_be_started_again_after_its_processor_has_stopped_but_not_twice_at_once()
    {
        var first = await Running(Counts);
        Should.Throw<InvalidOperationException>(() => Goka.Process(Counts)).Message.ShouldBe(
            "Group 'g' has a processor in system 'map' already, which is Running; stop it first, or run the second one in another actor system.");
        Kafka.Append("in", 0, "k", "v");
        AwaitCommitted("g", "in", 0, 1);
        await first.Stop().WaitAsync(Patience);

        var second = await Running(Counts);

        (await second.Get("k")).ShouldBe(1);
        Goka.Processors.ShouldBe([second]);
    }

    [Fact]
    public async Task Getting_a_value_must_find_it_in_the_partition_of_its_key()
    {
        Kafka.CreateTopic("in", 10);
        var processor = await Running(Counts);
        Kafka.Append("in", 7, "alice", "v");
        AwaitCommitted("g", "in", 7, 1);

        (await processor.Get("alice")).ShouldBe(1);
        (await processor.Has("alice")).ShouldBeTrue();
        (await processor.Get("nobody")).ShouldBe(0);
        (await processor.Has("nobody")).ShouldBeFalse();
        processor.Local().Select(kv => $"{kv.Key}={kv.Value}").ShouldBe(["alice=1"]);
        processor.Local(KeyRange.Prefix("b")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Getting_a_value_of_a_stateless_group_or_of_a_partition_elsewhere_must_say_so()
    {
        Kafka.CreateTopic("in", 2);
        var stateless = await Running(GroupGraph.Define("s", g => g.Input("in", Codec.String, (_, _) => { })));
        (await Should.ThrowAsync<InvalidOperationException>(async () => await stateless.Get("k"))).Message.ShouldContain("stateless");

        var one = Goka.Process(Counts);
        var two = OtherNode("other").Process(Counts);
        await Task.WhenAll(one.Ready, two.Ready).WaitAsync(Patience);
        Await(() => one.Partitions.Count(p => p.State == PartitionState.Running) == 1 && one.State == ProcessorState.Running, "the group is shared out");
        var gone = one.Partitions.FirstOrDefault(p => p.State == PartitionState.Running)!.Partition == 0 ? "key1" : "key2";

        (await Should.ThrowAsync<PartitionNotHereException>(async () => await one.Get(gone))).Message.ShouldContain("g");
    }

    [Fact]
    public async Task Every_member_must_get_the_same_partitions_of_every_input_and_of_the_loop()
    {
        Kafka.CreateTopic("a", 3);
        Kafka.CreateTopic("b", 3);
        var graph = GroupGraph.Define("g", g => g
            .Input("a", Codec.String, (_, _) => { }).Input("b", Codec.String, (_, _) => { }).Loop(Codec.String, (_, _) => { }));
        var processors = new[] { Goka.Process(graph), OtherNode("other").Process(graph) };
        await Task.WhenAll(processors.Select(p => p.Ready)).WaitAsync(Patience);

        AwaitCluster(() => Kafka.Members("g").Count(m => m.Assignment.Count > 0) == 2, () => "the group is not shared out");
        var shares = Kafka.Members("g").Select(m => m.Assignment.GroupBy(p => p.Topic).Select(t => string.Join(",", t.Select(p => p.Partition))).Distinct());

        shares.Select(s => s.ShouldHaveSingleItem()).Order().ShouldBe(["0,1", "2"]);
    }

    [Fact]
    public async Task The_rebalance_callback_must_be_told_of_assigned_revoked_and_lost_partitions()
    {
        Kafka.CreateTopic("in", 2);
        var told = new List<string>();
        var processor = await Running(Counts, new ProcessorOptions
        {
            Rebalanced = change =>
            {
                lock (told)
                    told.Add($"{change.Kind} {string.Join(",", change.Partitions)}");
            },
        });

        Kafka.Rebalance("g");
        Await(() => Told() == 3, "revoked and assigned");
        Kafka.ExpireMember("g", "goka-g");
        Await(() => Told() == 5, "lost and assigned");
        await processor.Stop().WaitAsync(Patience);

        told.ShouldBe(["Assigned 0,1", "Revoked 0,1", "Assigned 0,1", "Lost 0,1", "Assigned 0,1", "Revoked 0,1"]);

        int Told()
        {
            lock (told)
                return told.Count;
        }
    }

    [Fact]
    public async Task The_graph_hook_must_be_given_the_graph_before_anything_starts()
    {
        GroupGraph? hooked = null;
        var graph = Counts;
        var processor = await Running(graph, new ProcessorOptions { GraphHook = given => hooked = given });
        hooked.ShouldBeSameAs(graph);
        processor.Graph.ShouldBeSameAs(graph);
    }

    [Fact]
    public async Task The_update_callback_must_make_the_table_of_what_is_restored_and_not_see_the_groups_own_writes()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTable("g-table");
        Kafka.Append("g-table", 0, "old", "5", Header("by", "me"), timestamp: 1000);
        var updates = new List<string>();
        var processor = await Running(Counts, new ProcessorOptions
        {
            Update = (in context, table, key, value) =>
            {
                updates.Add($"{context.Topic} {context.Partition} {context.Offset} {context.Timestamp!.Value.ToUnixTimeMilliseconds()} {context.Headers}");
                table.Set(key, Utf8("50"));
            },
        });

        Kafka.Append("in", 0, "old", "v");
        AwaitCommitted("g", "in", 0, 1);

        (await processor.Get("old")).ShouldBe(51);
        updates.ShouldBe(["g-table 0 0 1000 by=me"]);
    }

    [Fact]
    public async Task A_paused_topic_must_wait_and_go_on_when_it_is_resumed_while_others_flow()
    {
        Kafka.CreateTopic("a");
        Kafka.CreateTopic("b");
        var processor = Goka.Process(GroupGraph.Define("g", g => g.Inputs(["a", "b"], Codec.String, (_, _) => { })));
        processor.Pause("a");
        await processor.Ready.WaitAsync(Patience);
        Kafka.Append("a", 0, "k", "v");
        Kafka.Append("b", 0, "k", "v");
        AwaitCommitted("g", "b", 0, 1);
        Committed("g", "a").ShouldBe(0);

        processor.Resume("a");

        AwaitCommitted("g", "a", 0, 1);
        Should.Throw<ArgumentException>(() => processor.Pause("c")).Message.ShouldContain("not an input of group 'g'");
    }

    [Fact]
    public async Task An_input_without_a_committed_offset_must_start_at_the_earliest_record_or_where_it_is_told()
    {
        foreach (var topic in new[] { "default", "latest", "time" })
        {
            Kafka.CreateTopic(topic);
            Kafka.Append(topic, 0, "k", "old", timestamp: 1000);
            Kafka.Append(topic, 0, "k", "middle", timestamp: 2000);
        }

        var seen = new List<string>();
        await Running(GroupGraph.Define("g", g => g
            .Input("default", Codec.String, (ctx, value) => seen.Add($"{ctx.Topic} {value}"))
            .Input("latest", Codec.String, (ctx, value) => seen.Add($"{ctx.Topic} {value}"), new InputOptions { Start = StartAt.Latest })
            .Input("time", Codec.String, (ctx, value) => seen.Add($"{ctx.Topic} {value}"), new InputOptions
            {
                Start = StartAt.Timestamp(DateTimeOffset.FromUnixTimeMilliseconds(1500)),
            })));
        foreach (var topic in new[] { "default", "latest", "time" })
        {
            Kafka.Append(topic, 0, "k", "new");
            AwaitCommitted("g", topic, 0, 3);
        }

        seen.Order().ShouldBe(["default middle", "default new", "default old", "latest new", "time middle", "time new"]);
    }

    [Fact]
    public async Task A_committed_offset_must_be_where_the_group_goes_on_whatever_the_start_says()
    {
        Kafka.CreateTopic("in");
        for (var i = 0; i < 3; i++)
            Kafka.Append("in", 0, "k", $"{i}");
        Kafka.SetCommittedOffset("g", "in", 0, 1);
        var seen = new List<string>();
        await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (_, value) => seen.Add(value), new InputOptions { Start = StartAt.Latest })));

        AwaitCommitted("g", "in", 0, 3);
        seen.ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task A_committed_offset_that_is_not_kept_any_more_must_be_followed_by_the_first_record_that_is()
    {
        Kafka.CreateTopic("in");
        for (var i = 0; i < 5; i++)
            Kafka.Append("in", 0, "k", $"{i}");
        Kafka.SetCommittedOffset("g", "in", 0, 1);
        Kafka.DeleteRecords("in", 0, before: 3);
        var seen = new List<string>();
        await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (_, value) => seen.Add(value))));

        AwaitCommitted("g", "in", 0, 5);
        seen.ShouldBe(["3", "4"]);
    }

    [Fact]
    public async Task A_group_that_starts_at_the_latest_must_miss_nothing_from_then_on_also_where_it_had_no_record_before_it_stopped()
    {
        Kafka.CreateTopic("in", 2);
        Kafka.Append("in", 0, "k", "before");
        Kafka.Append("in", 1, "k", "before");
        var seen = new ConcurrentQueue<string>();
        var graph = GroupGraph.Define("g", g => g.Input("in", Codec.String, (ctx, value) => seen.Enqueue($"{ctx.Partition} {value}")));
        Goka Latest(string name) => OtherNode(name, hocon: "goka.processor.start-offset = latest");
        var first = await Latest("first").Process(graph).Running();
        Kafka.Append("in", 0, "k", "while running");
        AwaitCommitted("g", "in", 0, 2);
        await first.Stop().WaitAsync(Patience);

        // Of one partition nothing was read; of the other, what is next is not kept any more.
        Kafka.Append("in", 1, "k", "while stopped");
        for (var i = 0; i < 3; i++)
            Kafka.Append("in", 0, "k", $"{i}");
        Kafka.DeleteRecords("in", 0, before: 3);
        await Latest("second").Process(graph).Ready.WaitAsync(Patience);

        AwaitCommitted("g", "in", 0, 5);
        AwaitCommitted("g", "in", 1, 2);
        seen.Order().ShouldBe(["0 1", "0 2", "0 while running", "1 while stopped"]);
    }

    [Fact]
    public async Task A_partition_that_was_added_later_must_be_read_from_its_first_record_where_the_group_starts_at_the_latest()
    {
        Kafka.CreateTopic("in", 2);
        Kafka.Append("in", 1, "k", "came first");
        Kafka.SetCommittedOffset("g", "in", 0, 0);
        var seen = new ConcurrentQueue<string>();
        await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (_, value) => seen.Enqueue(value), new InputOptions { Start = StartAt.Latest })));

        AwaitCommitted("g", "in", 1, 1);
        seen.ShouldBe(["came first"]);
    }
}
