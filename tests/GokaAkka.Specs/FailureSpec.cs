using Akka.Actor;

namespace GokaAkka.Specs;

public sealed class FailureSpec(ITestOutputHelper output) : GokaSpec(output)
{
    [Fact]
    public async Task Partition_must_start_again_behind_what_was_acknowledged_when_a_callback_throws()
    {
        var failures = 0;
        var graph = Counting(text =>
        {
            if (text == "bad" && Interlocked.Increment(ref failures) == 1)
                throw new InvalidDataException("once");
        });
        var partition = PartitionOf("alice");
        for (var i = 0; i < 50; i++)
            SendTo(partition, "alice", i == 40 ? "bad" : "good");

        var processor = Goka.Process(graph);
        AwaitCommitted();

        await processor.Ready.WaitAsync(Patience);
        Eventually(() => processor.Partitions[partition].State.ShouldBe(PartitionState.Running));
        (await processor.Get("alice")).ShouldBe(50, "no record is applied twice");
        processor.Partitions[partition].Restarts.ShouldBe(1);
        processor.Partitions[partition].LastError.ShouldBeOfType<RecordException>().Offset.ShouldBe(40);
        Storage.Open.Count.ShouldBe(Partitions);
    }

    [Fact]
    public async Task Processor_must_fail_and_name_the_record_when_a_partition_fails_too_often()
    {
        var graph = Counting(text =>
        {
            if (text == "bad")
                throw new InvalidDataException("never good");
        });
        Send("bob");
        var bad = SendTo(PartitionOf("alice"), "alice", "bad");
        var processor = Goka.Process(graph);

        var error = await Should.ThrowAsync<ProcessorFailedException>(() => processor.Done.WaitAsync(Patience));

        processor.State.ShouldBe(ProcessorState.Failed);
        error.Message.ShouldBe(
            $"Processor 'counts' has stopped: partition {PartitionOf("alice")} failed again after 3 restarts. Group 'counts': the callback failed for the "
            + $"record at in[{PartitionOf("alice")}]@{bad}, key 'alice': never good");
        Storage.Open.ShouldBeEmpty();
        Kafka.Members(Group).ShouldBeEmpty();
        Kafka.CommittedOffset(Group, "in", PartitionOf("alice")).GetValueOrDefault().ShouldBeLessThanOrEqualTo(bad);
    }

    [Fact]
    public async Task Processor_must_fail_at_once_where_the_policy_says_so()
    {
        var graph = GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.Int64, (ctx, _) => ctx.SetValue(1), new InputOptions { Errors = ErrorPolicy.Fail })
            .Persist(Codec.Int64));
        SendTo(1, "alice", "x");
        var processor = Goka.Process(graph);

        var error = await Should.ThrowAsync<ProcessorFailedException>(() => processor.Done.WaitAsync(Patience));

        error.Message.ShouldStartWith("Processor 'counts' has stopped: partition 1 failed. Group 'counts': decoding the value failed for the record at in[1]@0");
        processor.Partitions.ShouldAllBe(p => p.Restarts == 0);
    }

    [Fact]
    public async Task Processor_must_pass_over_poison_where_the_policy_says_so()
    {
        var graph = GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.Int64, (ctx, n) => ctx.SetValue(ctx.Value + n), new InputOptions { Errors = ErrorPolicy.Skip })
            .Persist(Codec.Int64));
        var partition = PartitionOf("alice");
        SendTo(partition, "alice", "1");
        SendTo(partition, "alice", "x");
        SendTo(partition, "alice", "2");
        var processor = Goka.Process(graph);
        await processor.Ready.WaitAsync(Patience);
        AwaitCommitted();

        (await processor.Get("alice")).ShouldBe(3);
        processor.Partitions[partition].Skipped.ShouldBe(1);
        Eventually(() => processor.State.ShouldBe(ProcessorState.Running));
    }

    [Fact]
    public async Task Partition_must_start_again_when_a_changelog_record_is_not_delivered()
    {
        Kafka.CreateTable(Table, Partitions);
        Kafka.FailSends(Table, new KafkaFault("NotEnoughReplicas", "too few", FaultKind.Permanent), count: 2);
        Send("alice", "alice");
        var processor = Goka.Process(Counting());
        AwaitCommitted();

        await processor.Ready.WaitAsync(Patience);
        Eventually(() => processor.Partitions[PartitionOf("alice")].State.ShouldBe(PartitionState.Running));
        (await processor.Get("alice")).ShouldBe(2);
        processor.Partitions.Sum(p => p.Restarts).ShouldBe(0, "the failure is the brokers'");
    }

    [Fact]
    public async Task Processor_must_fail_and_name_the_store_when_it_stays_locked()
    {
        Storage.RefuseOpen = id => new StorageLockedException($"Store {id} is held by process 4711.");
        var processor = Goka.Process(Counting());

        var error = await Should.ThrowAsync<ProcessorFailedException>(() => processor.Done.WaitAsync(Patience));

        error.Message.ShouldContain("is held by process 4711.");
        await Should.ThrowAsync<ProcessorFailedException>(() => processor.Ready);
    }

    [Theory]
    [InlineData("restored ahead", Table)]
    [InlineData("looked up", "users")]
    [InlineData("looked up later", "users")]
    public async Task Processor_must_tell_and_fail_in_the_end_when_a_store_it_needs_stays_broken(string how, string table)
    {
        Kafka.CreateTable("users", Partitions);
        Exception? broken = new StorageException("The disk is full.");
        if (how != "looked up later")
            Storage.RefuseOpen = id => id.Topic == table && id.Partition == 2 ? broken : null;
        var system = SecondSystem(how == "restored ahead" ? "goka.processor.recover-ahead = on" : "");
        var events = CreateTestProbe();
        system.EventStream.Subscribe(events.Ref, typeof(ProcessorTroubled));
        var processor = GokaIn(system, Storage).Process(GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, (_, _) => { }).Lookup("users", Codec.String).Persist(Codec.Int64)));
        if (how == "looked up later")
        {
            await processor.Ready.WaitAsync(Patience);
            Storage.RefuseWrite = id => id.Topic == table && id.Partition == 2 ? broken : null;
            Kafka.Append("users", 2, "key", "value");
        }

        var error = await Should.ThrowAsync<ProcessorFailedException>(() => processor.Done.WaitAsync(Patience));

        error.Message.ShouldBe($"Processor 'counts' has stopped: partition 2 of table '{table}' failed again after 3 restarts. The disk is full.");
        events.ExpectMsg<ProcessorTroubled>(Patience).Trouble.ShouldSatisfyAllConditions(t => t.What.ShouldContain($"{table}.2"), t => t.Reason.ShouldBe("The disk is full."));
        Storage.Open.ShouldBeEmpty();
    }

    [Fact]
    public async Task Partition_must_wait_for_a_lock_that_is_let_go()
    {
        var refusals = 2;
        Storage.RefuseOpen = id => id.Partition == 0 && Interlocked.Decrement(ref refusals) >= 0 ? new StorageLockedException("Held.") : null;

        var processor = Goka.Process(Counting());

        await processor.Ready.WaitAsync(Patience);
        processor.Partitions[0].Restarts.ShouldBe(2);
    }

    [Fact]
    public async Task Partition_must_start_again_when_a_flush_fails_and_lose_nothing()
    {
        var refusals = 1;
        Send("alice", "alice");
        Storage.RefuseWrite = _ => Interlocked.Decrement(ref refusals) >= 0 ? new StorageException("The disk is full.") : null;
        var processor = Goka.Process(Counting());
        Eventually(() => processor.Partitions.Sum(p => p.Restarts).ShouldBe(1));
        AwaitCommitted();

        Eventually(() => processor.Partitions.ShouldAllBe(p => p.State == PartitionState.Running));
        (await processor.Get("alice")).ShouldBe(2);
        Eventually(() => Storage.Position(new StorageId(Group, Table, PartitionOf("alice"))).NextOffset.ShouldBe(2));
    }

    [Fact]
    public async Task Processor_must_say_which_topics_are_missing()
    {
        var graph = GroupGraph.Define<long>("lost", g => g
            .Input("nowhere", Codec.String, (_, _) => { })
            .Output("neither", Codec.String));
        var processor = Goka.Process(graph);

        var error = await Should.ThrowAsync<StartupException>(() => processor.Ready.WaitAsync(Patience));

        error.Problems.ShouldBe(
        [
            "Topic 'nowhere' does not exist; make it before 'lost' starts.",
            "Topic 'neither' does not exist; make it before 'lost' starts.",
        ]);
        await Should.ThrowAsync<StartupException>(() => processor.Done.WaitAsync(Patience));
        processor.State.ShouldBe(ProcessorState.Failed);
    }

    [Fact]
    public async Task Processor_must_refuse_inputs_of_different_partition_counts()
    {
        Kafka.CreateTopic("three", 3);
        var graph = GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, (_, _) => { })
            .Input("three", Codec.String, (_, _) => { }));

        var error = await Should.ThrowAsync<StartupException>(() => Goka.Process(graph).Ready.WaitAsync(Patience));

        error.Message.ShouldContain("are not co-partitioned: 'in' has 4 partitions, 'three' has 3 partitions");
    }

    [Fact]
    public async Task Processor_must_refuse_a_table_of_another_partition_count()
    {
        Kafka.CreateTable(Table, 3);

        var error = await Should.ThrowAsync<StartupException>(() => Goka.Process(Counting()).Ready.WaitAsync(Patience));

        error.Message.ShouldContain($"Topic '{Table}' has 3 partitions, expected 4");
    }

    [Fact]
    public async Task Processor_must_ride_out_an_outage_of_the_brokers()
    {
        var processor = Goka.Process(Counting());
        await processor.Ready.WaitAsync(Patience);

        Kafka.TakeDown();
        Kafka.BringUp();
        Send("alice");
        AwaitCommitted();

        (await processor.Get("alice")).ShouldBe(1);
        Eventually(() => processor.State.ShouldBe(ProcessorState.Running));
    }

    [Fact]
    public async Task A_producer_that_has_failed_for_good_must_be_replaced_and_end_no_processor()
    {
        var goka = GokaIn(SecondSystem("goka.processor.restart.max-restarts = 0"), Storage);
        var processor = goka.Process(Counting());
        await processor.Ready.WaitAsync(Patience);
        Kafka.FailSends(Table, new KafkaFault("Local_Fatal", "made to fail", FaultKind.Fatal));

        Send("alice");
        Eventually(() => goka.Health.Ready().Reason.ShouldNotBeNull().ShouldContain("the producer"));
        Send("alice", "bob");
        AwaitCommitted();

        await processor.Ready.WaitAsync(Patience);
        (await processor.Get("alice")).ShouldBe(2);
        processor.Done.IsCompleted.ShouldBeFalse();
    }

    [Theory]
    [InlineData(Part.TopicManager)]
    [InlineData(Part.Producer)]
    [InlineData(Part.TableReader)]
    [InlineData(Part.GroupConsumer)]
    public async Task Processor_must_say_what_is_wrong_with_a_client_that_cannot_be_made(Part broken)
    {
        var system = SecondSystem();
        var goka = GokaIn(system, Storage, new BrokenClient(Kafka, broken));

        var processor = goka.Process(Counting());

        var error = await Should.ThrowAsync<ArgumentException>(() => processor.Ready.WaitAsync(Patience));
        error.Message.ShouldBe("No such configuration property: foo");
        await Should.ThrowAsync<ArgumentException>(() => processor.Done.WaitAsync(Patience));
    }

    [Theory]
    [InlineData(Part.TopicManager)]
    [InlineData(Part.TableReader)]
    public async Task View_must_say_what_is_wrong_with_a_client_that_cannot_be_made(Part broken)
    {
        Kafka.CreateTable(Table, Partitions);
        var goka = GokaIn(SecondSystem(), Storage, new BrokenClient(Kafka, broken));

        var view = goka.View(Table, Codec.String);

        (await Should.ThrowAsync<ArgumentException>(() => view.Ready.WaitAsync(Patience))).Message.ShouldBe("No such configuration property: foo");
        await Should.ThrowAsync<ArgumentException>(() => view.Done.WaitAsync(Patience));
    }

    public enum Part
    {
        TopicManager,
        Producer,
        TableReader,
        GroupConsumer,
    }

    /// <summary>A client one of whose parts cannot be made, as with a setting that the native client does not know.</summary>
    sealed class BrokenClient(IKafkaClient inner, Part broken) : IKafkaClient
    {
        public string Description => "broken";

        public IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => Make(Part.GroupConsumer, () => inner.CreateGroupConsumer(options));

        public ITableReader CreateTableReader(TableReaderOptions options) => Make(Part.TableReader, () => inner.CreateTableReader(options));

        public IRecordProducer CreateProducer(ProducerOptions options) => Make(Part.Producer, () => inner.CreateProducer(options));

        public ITopicManager CreateTopicManager() => Make(Part.TopicManager, inner.CreateTopicManager);

        T Make<T>(Part part, Func<T> make) => part == broken ? throw new ArgumentException("No such configuration property: foo") : make();
    }
}
