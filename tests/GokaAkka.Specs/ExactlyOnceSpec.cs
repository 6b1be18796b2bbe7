using GokaAkka.Processing.Transactions;
using GokaAkka.Specs.Clusters;

namespace GokaAkka.Specs;

/// <summary>Delivery exactly-once: whatever fails, each record counts once in the table and is emitted once, for those who read what is committed.</summary>
public sealed class ExactlyOnceSpec(ITestOutputHelper output) : GokaSpec(
    output, "goka.processor { delivery = exactly-once, transaction { commit-interval = 20ms, timeout = 2s, id = one } }")
{
    static readonly string[] Keys = [.. Enumerable.Range(0, 40).Select(i => $"key-{i}")];

    [Fact]
    public async Task Each_record_must_be_counted_and_emitted_once()
    {
        var processor = await Start();

        Send(Keys);
        Send(Keys);
        AwaitCommitted();

        ExpectEachOnce(processor, 2);
        Eventually(() => processor.Partitions.Sum(p => p.Input("in").DoneOffset ?? 0).ShouldBe(80));
    }

    [Fact]
    public async Task Nothing_must_be_seen_of_a_transaction_before_it_is_committed()
    {
        var gate = new TaskCompletionSource<DeferredCommit>();
        Kafka.CreateTopic("out", Partitions);
        var processor = await Goka.Process(GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, (ctx, _) =>
            {
                ctx.Emit("out", ctx.Key, "seen");
                gate.TrySetResult(ctx.DeferCommit());
            })
            .Output("out", Codec.String)
            .Persist(Codec.Int64))).Running();

        Send("a");
        var deferred = await gate.Task.WaitAsync(Patience);
        Eventually(() => Kafka.ReadLog("out").Count.ShouldBe(1));
        Kafka.Read("out").ShouldBeEmpty();
        deferred.Complete();

        Eventually(() => Kafka.Read("out").Count.ShouldBe(1));
        AwaitCommitted();
    }

    [Theory]
    [InlineData(FaultKind.Fatal, true)]
    [InlineData(FaultKind.Fatal, false)]
    [InlineData(FaultKind.AbortsTransaction, false)]
    [InlineData(FaultKind.Retriable, true)]
    [InlineData(FaultKind.Retriable, false)]
    public async Task A_commit_that_fails_or_whose_outcome_is_unknown_must_change_no_count(FaultKind kind, bool takesEffect)
    {
        var processor = await Counted();

        Kafka.FailTransactionCommit(new KafkaFault("Test", "what became of it?", kind), takesEffect);
        Send(Keys);
        Send(Keys);
        AwaitCommitted();

        ExpectEachOnce(processor, 3);
        processor.Partitions.Sum(p => p.Restarts).ShouldBe(0, "the failure is the brokers'");
    }

    [Fact]
    public async Task A_record_that_was_not_delivered_must_cost_its_transaction_and_no_more()
    {
        var processor = await Counted();

        Kafka.FailSends("out", new KafkaFault("NotEnoughReplicas", "too few replicas", FaultKind.Permanent));
        Send(Keys);
        AwaitCommitted();

        ExpectEachOnce(processor, 2);
    }

    [Fact]
    public async Task A_callback_that_fails_must_restart_its_own_partition_alone()
    {
        var failures = 1;
        var processor = await Start(text =>
        {
            if (text == "bad" && Interlocked.Decrement(ref failures) >= 0)
                throw new InvalidOperationException("once");
        });
        Send(Keys);
        AwaitCommitted();

        SendTo(PartitionOf(Keys[0]), Keys[0], "bad");
        Send(Keys);
        AwaitCommitted();

        ExpectEachOnce(processor, 2, extra: Keys[0]);
        Eventually(() => processor.Partitions.Select(p => (p.Partition, p.Restarts)).Where(p => p.Restarts > 0).ShouldBe([(PartitionOf(Keys[0]), 1)]));
    }

    [Fact]
    public async Task A_second_node_that_comes_and_goes_must_change_no_count()
    {
        var processor = await Start();
        Send(Keys);
        var storage = new KeptStorage();
        var second = await GokaIn(SecondSystem(), storage).Process(EachOnce(), new ProcessorOptions { Delivery = Delivery.ExactlyOnce }).Running();
        Send(Keys);
        AwaitCommitted();
        second.Partitions.Count(p => p.State == PartitionState.Running).ShouldBe(Partitions / 2);
        Send(Keys);

        await second.Stop().WaitAsync(Patience);
        Send(Keys);
        AwaitCommitted();

        ExpectEachOnce(processor, 4);
    }

    [Fact]
    public async Task What_a_node_has_done_must_be_committed_when_it_stops()
    {
        var processor = await Start();
        Send(Keys);
        Eventually(() => processor.Partitions.Sum(p => p.Processed).ShouldBe(Keys.Length));

        await processor.Stop().WaitAsync(Patience);

        AwaitCommitted();
        Kafka.Read("out").Count.ShouldBe(Keys.Length);
    }

    [Fact]
    public async Task A_store_must_hold_what_is_committed_and_nothing_else()
    {
        var processor = await Counted();
        await processor.Stop().WaitAsync(Patience);
        Kafka.FailTransactionCommit(new KafkaFault("Test", "gone", FaultKind.Fatal), takesEffect: false);

        processor = await Start();
        Send(Keys);
        AwaitCommitted();
        await processor.Stop().WaitAsync(Patience);
        processor = await Start();

        ExpectEachOnce(processor, 2);
    }

    [Fact]
    public async Task A_deferred_commit_that_is_never_completed_must_fail_the_transaction_and_name_its_partition()
    {
        var processor = await Goka.Process(GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, (ctx, _) => ctx.DeferCommit())
            .Persist(Codec.Int64))).Running();

        Send("a");

        var partition = PartitionOf("a");
        Eventually(() => processor.Partitions.Single(p => p.Partition == partition).LastError.ShouldBeOfType<TransactionException>().Message.ShouldContain($"partition {partition} "));
        (Kafka.CommittedOffset(Group, "in", partition) ?? 0).ShouldBe(0);
    }

    [Fact]
    public async Task Another_producer_under_the_same_id_must_not_have_its_work_mixed_with_ours()
    {
        var processor = await Counted();

        // Takes our place: what we send from now on is refused, and we have to take it back.
        using (var zombie = Kafka.CreateProducer(new ProducerOptions("zombie", "one")))
            zombie.InitTransactions(Patience);
        Send(Keys);
        AwaitCommitted();

        ExpectEachOnce(processor, 2);
    }

    [Fact]
    public async Task A_second_processor_must_be_refused_where_both_would_have_one_transactional_id()
    {
        var other = GroupGraph.Define<long>("others", g => g.Input("in", Codec.String, static (_, _) => { }));
        var processor = await Start();

        Should.Throw<InvalidOperationException>(() => Goka.Process(other)).Message.ShouldContain("'counts' of system 'spec' uses the transactional id 'one'");

        await processor.Stop().WaitAsync(Patience);
        await Goka.Process(other).Ready.WaitAsync(Patience);
    }

    [Fact]
    public async Task One_of_two_nodes_with_the_same_transactional_id_must_fail_and_name_it_and_the_other_go_on()
    {
        var processor = await Start();
        var second = GokaIn(SecondSystem("goka.processor { delivery = exactly-once, transaction { timeout = 2s, id = one } }"), new KeptStorage()).Process(EachOnce());

        var times = 0;
        AwaitCondition(
            () =>
            {
                Send(Keys);
                times++;
                return processor.Done.IsCompleted || second.Done.IsCompleted;
            },
            Patience, TimeSpan.FromMilliseconds(20), "one of them fails");

        var error = await Should.ThrowAsync<InvalidOperationException>(processor.Done.IsCompleted ? processor.Done : second.Done);
        error.Message.ShouldContain("'one' 3 times. Two nodes have the same goka.processor.transaction.id or goka.node.id");
        var other = processor.Done.IsCompleted ? second : processor;
        AwaitCommitted();
        ExpectEachOnce(other, times);
        other.Done.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_with_a_name_must_fence_what_it_left_open_when_it_is_started_again()
    {
        const string Hocon = "goka { node.id = pod-1, processor { delivery = exactly-once, transaction { timeout = 60s, commit-interval = 30s } } }";
        Kafka.CreateTopic("out", Partitions);
        var mortal = new MortalKafka(Kafka);
        var first = await GokaIn(SecondSystem(Hocon), new KeptStorage(), mortal).Process(EachOnce()).Running();
        Send(Keys);
        Eventually(() => Kafka.ReadLog("out").Count.ShouldBe(Keys.Length));

        mortal.Die();
        await Should.ThrowAsync<Exception>(first.Done.WaitAsync(Patience));
        Kafka.ExpireMember(Group, "goka-counts");
        var second = await GokaIn(SecondSystem(Hocon), new KeptStorage()).Process(EachOnce()).Running();
        Eventually(() => second.Partitions.Sum(p => p.Processed).ShouldBe(Keys.Length));
        await second.Stop().WaitAsync(Patience);

        Kafka.Read("out").Count.ShouldBe(Keys.Length, "nothing waits for the end of the transaction that was left open");
    }

    [Fact]
    public async Task A_processor_without_work_must_end_no_transactions()
    {
        var kafka = new CommitProbe(Kafka, TestActor);
        var processor = await GokaIn(SecondSystem(), Storage, kafka).Process(Counting(), new ProcessorOptions { Delivery = Delivery.ExactlyOnce }).Running();

        Send(Keys);
        AwaitCommitted();
        ExpectMsg("commit", Patience);

        Eventually(() => ExpectNoMsg(TimeSpan.FromMilliseconds(500)));
    }

    [Fact]
    public async Task What_came_last_must_reach_the_store_though_nothing_follows()
    {
        var system = SecondSystem("goka.table.flush-interval = 300ms");
        var processor = await GokaIn(system, Storage).Process(Counting(), new ProcessorOptions { Delivery = Delivery.ExactlyOnce }).Running();

        // Committed long before the next flush is due.
        Send("alice");
        AwaitCommitted();

        Eventually(() => Storage[new StorageId(Group, Table, PartitionOf("alice"))].Get("alice"u8).ShouldNotBeNull());
    }

    [Fact]
    public async Task A_producer_that_was_given_up_must_not_be_taken_when_it_is_ready_after_all()
    {
        using var ready = new ManualResetEventSlim();
        var first = true;
        var kafka = new CommitProbe(Kafka, TestActor)
        {
            Initialised = () =>
            {
                if (!first)
                    return;
                first = false;
                ready.Wait(Patience);
            },
        };
        // Committed later than the next producer is made, which aborts what was sent on the first.
        var system = SecondSystem("goka.processor.transaction { commit-interval = 400ms, timeout = 1s }");
        var processor = GokaIn(system, Storage, kafka).Process(Counting(), new ProcessorOptions { Delivery = Delivery.ExactlyOnce });
        Send(Keys);

        AwaitCondition(() => processor.Troubles.Any(static t => t.What == "the transactional producer"), Patience, TimeSpan.FromMilliseconds(1));
        ready.Set();

        await processor.Ready.WaitAsync(Patience);
        AwaitCommitted();
        await ShouldHave(Keys, 1, processor);
        Kafka.Read(Table).Count.ShouldBe(Keys.Length);
    }

    async Task<Processor<long>> Counted()
    {
        var processor = await Start();
        Send(Keys);
        AwaitCommitted();
        return processor;
    }

    Task<Processor<long>> Start(Action<string>? called = null)
    {
        if (Kafka.Topic("out") is null)
            Kafka.CreateTopic("out", Partitions);
        return Goka.Process(EachOnce(called)).Running();
    }

    static GroupGraph<long> EachOnce(Action<string>? called = null) => GroupGraph.Define<long>(Group, g => g
        .Input("in", Codec.String, (ctx, text) =>
        {
            ctx.SetValue(ctx.Value + 1);
            ctx.Emit("out", ctx.Key, $"{ctx.Topic}[{ctx.Partition}]@{ctx.Offset}");
            called?.Invoke(text);
        })
        .Output("out", Codec.String)
        .Persist(Codec.Int64));

    void ExpectEachOnce(Processor<long> processor, int times, string? extra = null)
    {
        Dictionary<string, long> counts = [];
        // Where the outcome of the last transaction had to be found out, the partitions are about to start again, or do.
        Eventually(() =>
        {
            counts = processor.Local().ToDictionary(e => e.Key.ToString(), e => e.Value);
            counts.Count.ShouldBe(Keys.Length);
        });
        counts.ShouldBe(Keys.ToDictionary(k => k, k => (long)(times + (k == extra ? 1 : 0))), ignoreOrder: true);
        var emitted = Kafka.Read("out").Select(r => r.Text!).ToList();
        emitted.ShouldBeUnique();
        emitted.Count.ShouldBe((Keys.Length * times) + (extra is null ? 0 : 1));
    }
}
