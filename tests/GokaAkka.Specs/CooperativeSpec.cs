namespace GokaAkka.Specs;

/// <summary>Cooperative rebalances: what stays on a node is not touched by members that come and go.</summary>
public sealed class CooperativeSpec : GokaSpec
{
    const string Cooperative = "goka.processor { rebalance = cooperative, restart.max-restarts = 1000, commit-again-interval = 30ms }";

    static readonly string[] Keys = [.. Enumerable.Range(0, 40).Select(i => $"key{i}")];

    readonly ConcurrentQueue<StorageId> _opened = new();

    public CooperativeSpec(ITestOutputHelper output) : base(output, Cooperative)
    {
        Kafka.CreateTopic("also", Partitions);
        Storage.RefuseOpen = id =>
        {
            _opened.Enqueue(id);
            return null;
        };
    }

    [Fact]
    public async Task Partitions_that_stay_must_not_be_touched_when_a_member_joins_and_leaves_and_moved_ones_must_lose_and_repeat_nothing()
    {
        var first = await Goka.Process(CountingBoth()).Running();
        SendBoth();
        AwaitBoth();

        var second = await GokaIn(SecondSystem(Cooperative), new KeptStorage()).Process(CountingBoth()).Running();
        Eventually(() => RunningOf(second).Count.ShouldBe(2));
        SendBoth();
        AwaitBoth();
        await ShouldHave(Keys, 4, first, second);
        var stayed = RunningOf(first);
        stayed.Count.ShouldBe(2);
        second.Partitions.Select(p => p.Partition).ShouldBe(Enumerable.Range(0, Partitions).Except(stayed), ignoreOrder: true);

        await second.Stop().WaitAsync(Patience);
        Eventually(() => RunningOf(first).Count.ShouldBe(Partitions));
        SendBoth();
        AwaitBoth();

        await ShouldHave(Keys, 6, first);
        Kafka.Read(Table).Count.ShouldBe(6 * Keys.Length, "no record was applied twice");
        foreach (var partition in first.Partitions)
        {
            var stays = stayed.Contains(partition.Partition);
            _opened.Count(id => id.Partition == partition.Partition).ShouldBe(stays ? 1 : 2, $"partition {partition.Partition}");
            (partition.Generation == 1).ShouldBe(stays, $"partition {partition.Partition} of generation {partition.Generation}");
            partition.Restarts.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Partitions_that_stay_must_go_on_while_others_finish_what_they_have_begun()
    {
        var (slow, quick) = (new TaskCompletionSource(), new SemaphoreSlim(0));
        var calls = new ConcurrentBag<string>();
        var graph = GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, async (ctx, text) =>
            {
                calls.Add(text);
                // The assignor leaves the first partitions where they are.
                if (ctx.Partition >= Partitions / 2)
                    await slow.Task;
                else
                    await quick.WaitAsync();
                ctx.SetValue(ctx.Value + 1);
            })
            .Persist(Codec.Int64));
        for (var partition = 0; partition < Partitions; partition++)
        {
            for (var i = 0; i < 5; i++)
                SendTo(partition, "key", $"{partition}-{i}");
        }

        var first = Goka.Process(graph);
        Eventually(() => calls.Count.ShouldBe(Partitions));
        var second = GokaIn(SecondSystem(Cooperative), new KeptStorage()).Process(graph);
        Eventually(() => first.Partitions.Select(p => p.State).ShouldBe(
            [PartitionState.Running, PartitionState.Running, PartitionState.Draining, PartitionState.Draining]));

        quick.Release(10);
        Eventually(() => first.Partitions.Take(2).Sum(p => p.Processed).ShouldBe(10));
        first.Partitions.Skip(2).ShouldAllBe(p => p.State == PartitionState.Draining);
        slow.SetResult();
        AwaitCommitted();

        await second.Ready.WaitAsync(Patience);
        calls.Count.ShouldBe(Partitions * 5, "no record was begun twice");
        first.Partitions.Take(2).ShouldAllBe(p => p.Generation == 1 && p.State == PartitionState.Running);
    }

    [Fact]
    public async Task Everything_must_be_discarded_and_begin_again_when_the_membership_is_lost()
    {
        var processor = await Goka.Process(CountingBoth()).Running();
        SendBoth();
        AwaitBoth();

        Kafka.ExpireMember(Group, "goka-counts");
        Eventually(() => processor.Partitions.ShouldAllBe(p => p.Generation == 2 && p.State == PartitionState.Running));
        SendBoth();
        AwaitBoth();

        await ShouldHave(Keys, 4, processor);
    }

    [Fact]
    public async Task Each_record_must_count_once_with_transactions_whatever_members_come_and_go()
    {
        var options = new ProcessorOptions { Delivery = Delivery.ExactlyOnce };
        var first = await Goka.Process(CountingBoth(), options).Running();
        for (var round = 0; round < 3; round++)
        {
            SendBoth();
            var other = GokaIn(SecondSystem(Cooperative), new KeptStorage()).Process(CountingBoth(), options);
            SendBoth();
            await other.Ready.WaitAsync(Patience);
            SendBoth();
            await other.Stop().WaitAsync(Patience);
        }

        AwaitBoth();
        await Task.WhenAll(Keys.Select(async key =>
        {
            // Where a transaction met the next generation, its partitions begin again.
            Eventually(() => first.Partitions.ShouldAllBe(p => p.State == PartitionState.Running));
            (await first.Get(key)).ShouldBe(18, key);
        }));
    }

    [Theory]
    [InlineData(Delivery.AtLeastOnce)]
    [InlineData(Delivery.ExactlyOnce)]
    public async Task Offsets_that_brokers_would_forget_must_be_committed_again(Delivery delivery)
    {
        var processor = await Goka.Process(CountingBoth(), new ProcessorOptions { Delivery = delivery }).Running();
        SendBoth();
        AwaitBoth();

        Kafka.ExpireOffset(Group, "in", 0);
        Kafka.ExpireOffset(Group, "also", 0);

        Eventually(() => (Kafka.CommittedOffset(Group, "in", 0), Kafka.CommittedOffset(Group, "also", 0)).ShouldBe(
            (Kafka.Offsets("in", 0).High, Kafka.Offsets("also", 0).High)));
    }

    [Fact]
    public async Task A_member_that_hands_partitions_over_in_another_way_must_be_refused_and_told_why()
    {
        var first = await Goka.Process(Counting()).Running();

        var second = GokaIn(SecondSystem(), new KeptStorage()).Process(Counting());

        var error = await Should.ThrowAsync<KafkaFaultException>(() => second.Ready.WaitAsync(Patience));
        error.Message.ShouldContain("hand partitions over in another way than this one, which is eager");
        Eventually(() => first.State.ShouldBe(ProcessorState.Running));
    }

    static GroupGraph<long> CountingBoth() => GroupGraph.Define<long>(Group, g => g
        .Input("in", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
        .Input("also", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
        .Persist(Codec.Int64));

    void SendBoth()
    {
        Send(Keys);
        foreach (var key in Keys)
            Kafka.Append("also", PartitionOf(key), key, "");
    }

    void AwaitBoth()
    {
        AwaitCommitted();
        AwaitCommitted(topic: "also");
    }
}
