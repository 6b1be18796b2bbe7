namespace GokaAkka.Specs;

public sealed class RebalanceSpec(ITestOutputHelper output) : GokaSpec(output, "goka.processor.restart.max-restarts = 1000")
{
    static readonly string[] Keys = [.. Enumerable.Range(0, 40).Select(i => $"key{i}")];

    [Fact]
    public async Task Partitions_must_be_shared_with_a_second_system_and_come_back_when_it_stops()
    {
        Send(Keys);
        var first = await Goka.Process(Counting()).Running();
        AwaitCommitted();

        var otherStorage = new KeptStorage();
        var second = await GokaIn(SecondSystem(), otherStorage).Process(Counting()).Running();
        AwaitState(first, ProcessorState.Running);
        Send(Keys);
        AwaitCommitted();

        (Storage.Open.Count, otherStorage.Open.Count).ShouldBe((2, 2));
        await ShouldHave(Keys, 2, first, second);

        await second.Stop().WaitAsync(Patience);
        otherStorage.Open.ShouldBeEmpty();
        Eventually(() => Storage.Open.Count.ShouldBe(Partitions));
        AwaitState(first, ProcessorState.Running);
        Send(Keys);
        AwaitCommitted();

        await ShouldHave(Keys, 3, first);
        Kafka.Read(Table).Count.ShouldBe(3 * Keys.Length, "no record was applied twice");
    }

    [Fact]
    public async Task A_member_without_partitions_must_be_ready_as_well()
    {
        var first = await Goka.Process(Counting()).Running();
        var more = Enumerable.Range(0, Partitions).Select(_ => GokaIn(SecondSystem(), new KeptStorage()).Process(Counting())).ToList();

        await Task.WhenAll(more.Select(p => p.Ready)).WaitAsync(Patience);

        Eventually(() => more.Append(first).Count(p => p.Partitions.All(s => s.State != PartitionState.Running)).ShouldBe(1));
    }

    [Fact]
    public async Task A_callback_that_outlives_its_partition_must_write_nothing_behind_the_next_owner()
    {
        using var goOn = new ManualResetEventSlim();
        using var called = new CountdownEvent(Partitions);
        var first = Writing("first", () =>
        {
            called.Signal();
            goOn.Wait(Patience);
        });
        await first.Ready.WaitAsync(Patience);
        for (var i = 0; i < Partitions; i++)
            SendTo(i, "key", "");
        called.Wait(Patience).ShouldBeTrue();

        // Some partitions are taken away before their callbacks have ended, others stay.
        var second = Writing("second", static () => { });
        await second.Ready.WaitAsync(Patience);
        Eventually(() => Kafka.Read(Table).Count.ShouldBe(Partitions / 2));
        goOn.Set();
        AwaitCommitted();

        Kafka.Read(Table).Select(r => r.Text).Order().ShouldBe(["first", "first", "second", "second"]);
        Kafka.Read(Table).Select(r => r.Partition).Order().ShouldBe([0, 1, 2, 3]);

        Processor Writing(string value, Action then) =>
            GokaIn(SecondSystem("goka.processor { rebalance = cooperative, drain-timeout = 100ms }"), new KeptStorage()).Process(
                GroupGraph.Define<string>(Group, g => g
                    .Input("in", Codec.String, (ctx, _) =>
                    {
                        ctx.SetValue(value);
                        then();
                    })
                    .Persist(Codec.String)));
    }

    [Theory]
    [InlineData("eager", "other")]
    [InlineData("cooperative", "other")]
    // An input that comes first by its name, and is what a cooperative group is joined for.
    [InlineData("cooperative", "a-new-one")]
    public async Task A_member_with_other_inputs_must_be_refused_and_those_that_were_there_go_on(string rebalance, string input)
    {
        Kafka.CreateTopic(input, Partitions);
        var config = $"goka.processor.rebalance = {rebalance}";
        var first = await GokaIn(SecondSystem(config), new KeptStorage()).Process(Adding("in")).Running();

        var second = GokaIn(SecondSystem(config), new KeptStorage()).Process(input == "other" ? Adding(input) : Adding("in", input));

        var error = await Should.ThrowAsync<InvalidOperationException>(() => second.Done.WaitAsync(Patience));
        error.Message.ShouldContain($"Group '{Group}' has members that join it for other topics: 'in' (goka-{Group})");
        Send(Keys);
        AwaitCommitted();
        Kafka.Read(Table).Select(r => r.Key.ToString()).Order().ShouldBe(Keys.Order());
        first.State.ShouldBe(ProcessorState.Running);

        static GroupGraph<long> Adding(params string[] inputs) => GroupGraph.Define<long>(Group, g =>
        {
            foreach (var topic in inputs)
                g.Input(topic, Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1));
            g.Persist(Codec.Int64);
        });
    }

    [Fact]
    public async Task Revoked_partitions_must_finish_and_commit_what_they_have_begun()
    {
        var gate = new TaskCompletionSource();
        var calls = 0;
        var graph = GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, async (ctx, _) =>
            {
                Interlocked.Increment(ref calls);
                await gate.Task;
                ctx.SetValue(ctx.Value + 1);
            })
            .Persist(Codec.Int64));
        Send("alice", "alice");
        var processor = Goka.Process(graph);
        Eventually(() => Volatile.Read(ref calls).ShouldBe(1));

        Kafka.Rebalance(Group);
        Eventually(() => processor.Partitions[PartitionOf("alice")].State.ShouldBe(PartitionState.Draining));
        gate.SetResult();
        AwaitCommitted();

        AwaitState(processor, ProcessorState.Running);
        (await processor.Get("alice")).ShouldBe(2);
        calls.ShouldBe(2, "the record at work was finished, not begun again");
    }

    [Fact]
    public async Task Lost_partitions_must_be_told_as_stopped_while_a_callback_still_holds_them_up()
    {
        using var goOn = new ManualResetEventSlim();
        using var called = new ManualResetEventSlim();
        var processor = await Goka.Process(Counting(_ =>
        {
            called.Set();
            goOn.Wait(Patience);
        })).Running();
        Send("alice");
        called.Wait(Patience).ShouldBeTrue();
        var alice = PartitionOf("alice");

        await EventFilter.Warning(contains: "the group has gone on without this member").ExpectOneAsync(Patience, () =>
        {
            Kafka.ExpireMember(Group, "goka-counts");
            return Task.CompletedTask;
        });

        Eventually(() => processor.Partitions[alice].State.ShouldBe(PartitionState.Stopped));
        // It is assigned again meanwhile, and begins once the old callback has ended.
        Eventually(() => Goka.Inspector.RestartPartition(Group, alice).Result.Nodes.ShouldHaveSingleItem().Text.ShouldBe($"partition {alice} starts again already"));
        goOn.Set();
        AwaitCommitted();
        Eventually(() => processor.Partitions.ShouldAllBe(p => p.State == PartitionState.Running));
    }

    [Fact]
    public async Task Lost_partitions_must_be_discarded_and_commit_nothing()
    {
        Kafka.CreateTable(Table, Partitions);
        var processor = await Goka.Process(Counting()).Running();
        var generation = Kafka.Generation(Group);
        using (Kafka.HoldAcks(Table))
        {
            Send("alice");
            Eventually(() => Kafka.Read(Table).Count.ShouldBe(1));
            Kafka.ExpireMember(Group, "goka-counts");
            Eventually(() => Kafka.Generation(Group).ShouldBeGreaterThan(generation));
            Eventually(() => processor.Partitions[PartitionOf("alice")].Generation.ShouldBeGreaterThan(1));
            Kafka.CommittedOffset(Group, "in", PartitionOf("alice")).ShouldBeNull();
        }

        AwaitCommitted();
        AwaitState(processor, ProcessorState.Running);
        // Nobody knew that it was applied: read again, it is applied again. At least once.
        (await processor.Get("alice")).ShouldBe(2);
        Storage.Open.Count.ShouldBe(Partitions);
    }

    [Fact]
    public async Task Ready_must_not_come_between_giving_partitions_up_and_being_assigned_some()
    {
        var isLocked = true;
        Storage.RefuseOpen = id => id.Partition == 0 && Volatile.Read(ref isLocked) ? new StorageLockedException("Held.") : null;
        var ready = new List<int>();
        var processor = Goka.Process(Counting());
        processor.StateChanged += s =>
        {
            if (s != ProcessorState.Running)
                return;
            lock (ready)
                ready.Add(processor.Partitions.Count(p => p.State == PartitionState.Running));
        };
        Eventually(() => processor.Partitions.Count(p => p.State == PartitionState.Running).ShouldBe(Partitions - 1));

        var generation = Kafka.Generation(Group);
        Kafka.Rebalance(Group);
        Eventually(() => Kafka.Generation(Group).ShouldBeGreaterThan(generation));
        Eventually(() => processor.Partitions.Count(p => p.State == PartitionState.Running).ShouldBe(Partitions - 1));
        processor.Ready.IsCompleted.ShouldBeFalse();
        Volatile.Write(ref isLocked, false);
        await processor.Ready.WaitAsync(Patience);

        lock (ready)
            ready.ShouldBe([Partitions]);
    }
}
