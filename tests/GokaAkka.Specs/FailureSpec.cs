namespace GokaAkka.Specs;

public sealed class FailureSpec(ITestOutputHelper output) : GokaSpec(output)
{
    [Fact]
    public async Task Partition_whose_actor_is_ended_by_a_defect_must_start_again()
    {
        var processor = Goka.Process(Counting());
        await processor.Ready.WaitAsync(Patience);

        Sys.ActorSelection($"/system/goka-processor-*/partition-{PartitionOf("alice")}-*").Tell(Akka.Actor.PoisonPill.Instance);
        Send("alice");

        AwaitCommitted();
        Eventually(() => processor.Partitions.ShouldAllBe(p => p.State == PartitionState.Running));
        processor.Partitions.Sum(p => p.Restarts).ShouldBe(1);
    }

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
    public async Task A_producer_that_has_failed_for_good_must_be_replaced_and_end_no_processor()
    {
        var goka = GokaIn(SecondSystem("goka.processor.restart.max-restarts = 0"), Storage);
        var processor = await goka.Process(Counting()).Running();
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
    [InlineData(typeof(ITopicManager))]
    [InlineData(typeof(IRecordProducer))]
    [InlineData(typeof(ITableReader))]
    [InlineData(typeof(IGroupConsumer))]
    public async Task Processor_must_say_what_is_wrong_with_a_client_that_cannot_be_made(Type broken)
    {
        var system = SecondSystem();
        var goka = GokaIn(system, Storage, new BrokenClient(Kafka, broken));

        var processor = goka.Process(Counting());

        var error = await Should.ThrowAsync<ArgumentException>(() => processor.Ready.WaitAsync(Patience));
        error.Message.ShouldBe("No such configuration property: foo");
        await Should.ThrowAsync<ArgumentException>(() => processor.Done.WaitAsync(Patience));
    }

    [Theory]
    [InlineData(typeof(ITopicManager))]
    [InlineData(typeof(ITableReader))]
    public async Task View_must_say_what_is_wrong_with_a_client_that_cannot_be_made(Type broken)
    {
        Kafka.CreateTable(Table, Partitions);
        var goka = GokaIn(SecondSystem(), Storage, new BrokenClient(Kafka, broken));

        var view = goka.View(Table, Codec.String);

        (await Should.ThrowAsync<ArgumentException>(() => view.Ready.WaitAsync(Patience))).Message.ShouldBe("No such configuration property: foo");
        await Should.ThrowAsync<ArgumentException>(() => view.Done.WaitAsync(Patience));
    }

    /// <summary>A client one of whose parts cannot be made, as with a setting that the native client does not know.</summary>
    sealed class BrokenClient(IKafkaClient inner, Type broken) : ForwardingClient(inner)
    {
        protected override T Make<T>(string name, Func<T> make) =>
            typeof(T) == broken ? throw new ArgumentException("No such configuration property: foo") : make();
    }
}
