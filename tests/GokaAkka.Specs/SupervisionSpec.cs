namespace GokaAkka.Specs;

/// <summary>Troubles that pass are ridden out and can be seen; failures are loud.</summary>
public sealed class SupervisionSpec(ITestOutputHelper output) : GokaSpec(output, Config)
{
    // No restart is allowed, so that one that counts would end the processor.
    const string Config =
        """
        goka.processor {
          drain-timeout = 200ms
          restart.max-restarts = 0
          watchdog { interval = 20ms, poll-stalled-after = 200ms, poll-given-up-after = 1500ms, unacknowledged-after = 100ms }
        }
        """;

    [Fact]
    public async Task Stopping_must_not_wait_for_brokers_that_a_start_waits_for()
    {
        Kafka.TakeDown();
        var processor = Goka.Process(Counting());
        Eventually(() => processor.Troubles.ShouldNotBeEmpty());

        await processor.Stop().WaitAsync(Patience);

        (processor.State, processor.Troubles.Count).ShouldBe((ProcessorState.Stopped, 0));
    }

    [Fact]
    public async Task Restore_must_wait_for_brokers_that_go_away_and_cost_no_restart()
    {
        Kafka.CreateTable(Table, Partitions);
        for (var i = 0; i < 50; i++)
            Kafka.Append(Table, PartitionOf("alice"), "alice", $"{i}");
        var processor = Goka.Process(Counting(), new ProcessorOptions { Rebalanced = _ => Kafka.TakeDown() });

        Eventually(() => processor.Troubles.Select(t => t.What).ShouldContain(w => w.StartsWith("table ", StringComparison.Ordinal)));
        processor.State.ShouldBe(ProcessorState.Setup);
        Kafka.BringUp();

        await processor.Ready.WaitAsync(Patience);
        (await processor.Get("alice")).ShouldBe(49);
        processor.Partitions.ShouldAllBe(p => p.Restarts == 0);
        Eventually(() => processor.Troubles.ShouldBeEmpty());
    }

    [Fact]
    public async Task Tables_that_are_looked_up_must_wait_for_brokers_that_go_away_before_they_are_found()
    {
        Kafka.CreateTable("users", Partitions);
        Kafka.Append("users", PartitionOf("alice"), "alice", "Alice");
        var asked = 0;
        // The first question is the processor's own.
        var goka = GokaIn(SecondSystem(Config), Storage, new TroubledClient(Kafka)
        {
            Describing = () => Interlocked.Increment(ref asked) is 2 or 3
                ? throw new KafkaFaultException("No topics", new KafkaFault("AllBrokersDown", "an outage", FaultKind.Retriable)) : null,
        });
        var processor = goka.Process(GroupGraph.Define<string>(Group, g => g
            .Input("in", Codec.String, (ctx, _) => ctx.SetValue(ctx.Lookup<string>("users", ctx.Key)!))
            .Lookup("users", Codec.String)
            .Persist(Codec.String)));
        Send("alice");

        AwaitCommitted();

        (await processor.Get("alice")).ShouldBe("Alice");
        asked.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Outage_must_be_seen_while_it_lasts_and_cost_no_restart()
    {
        var processor = await Goka.Process(Counting()).Running();
        // A busy machine may keep the polling thread from running, which is told as well.
        IgnoreMessages(static m => m is ProcessorTroubled { Trouble.What: "the polling thread" } or ProcessorRelieved { Trouble.What: "the polling thread" });
        Sys.EventStream.Subscribe(TestActor, typeof(ProcessorEvent));

        Kafka.TakeDown();
        Eventually(() => processor.Troubles.ShouldContain(t => t.What == "the brokers"));
        Kafka.BringUp();

        Eventually(() => processor.Troubles.ShouldBeEmpty());
        Send("alice");
        AwaitCommitted();
        processor.Partitions.ShouldAllBe(p => p.Restarts == 0);
        (await processor.Get("alice")).ShouldBe(1);
        Eventually(() => processor.State.ShouldBe(ProcessorState.Running));
        ExpectMsg<ProcessorTroubled>(Patience).Trouble.What.ShouldBe("the brokers");
        ExpectMsg<ProcessorRelieved>(Patience).Trouble.What.ShouldBe("the brokers");
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Partition_that_brokers_keep_from_writing_must_be_started_again_for_as_long_as_it_takes()
    {
        Kafka.CreateTopic("out", Partitions);
        var processor = Goka.Process(GroupGraph.Define(Group, g => g
            .Input("in", Codec.String, (ctx, text) => ctx.Emit("out", ctx.Key, text))
            .Output("out", Codec.String)));
        // More often than a partition may be started again for other reasons.
        Kafka.FailSends("out", new KafkaFault("Local_MsgTimedOut", "nobody takes it", FaultKind.Retriable), count: 5);
        Send("alice");

        Eventually(() => processor.Troubles.ShouldContain(t => t.What == $"partition {PartitionOf("alice")}"));
        AwaitCommitted();

        Kafka.Read("out").ShouldHaveSingleItem();
        processor.Partitions[PartitionOf("alice")].Restarts.ShouldBe(0, "the failures are the brokers'");
        Eventually(() => processor.Troubles.ShouldBeEmpty());
        Eventually(() => processor.State.ShouldBe(ProcessorState.Running));
        await processor.Stop().WaitAsync(Patience);
    }

    [Fact]
    public async Task What_is_not_acknowledged_for_long_must_be_told()
    {
        Kafka.CreateTable(Table, Partitions);
        var hold = Kafka.HoldAcks(Table);
        var processor = await Goka.Process(Counting()).Running();
        Send("alice");

        Eventually(() => processor.Troubles.ShouldHaveSingleItem().What.ShouldBe($"what partition {PartitionOf("alice")} writes"));
        processor.Troubles[0].Reason.ShouldStartWith("1 records are sent and not acknowledged");
        hold.Dispose();

        Eventually(() => processor.Troubles.ShouldBeEmpty());
        AwaitCommitted();
    }

    [Fact]
    public async Task Start_offsets_must_be_asked_for_until_there_is_an_answer()
    {
        var refusals = 3;
        var goka = GokaIn(SecondSystem(Config), Storage, new TroubledClient(Kafka)
        {
            Offsets = () => Interlocked.Decrement(ref refusals) >= 0
                ? throw new KafkaFaultException("No offsets", new KafkaFault("LeaderNotAvailable", "an election", FaultKind.Retriable)) : null,
        });
        Send("early");
        var processor = await goka.Process(GroupGraph.Define(Group, g => g
            .Input("in", Codec.String, (_, _) => { }, new InputOptions { Start = StartAt.Latest }))).Running();
        Eventually(() => Volatile.Read(ref refusals).ShouldBeLessThan(0));
        Eventually(() => processor.Troubles.ShouldBeEmpty());

        Send("late");

        Eventually(() => processor.Partitions.Sum(p => p.Processed).ShouldBe(1));
        await processor.Stop().WaitAsync(Patience);
    }

    [Fact]
    public async Task Polling_thread_that_hangs_must_be_told_and_what_it_is_when_it_goes_on()
    {
        using var gate = new ManualResetEventSlim(true);
        var system = SecondSystem($"{Config}\ngoka.processor.watchdog.poll-given-up-after = 60s");
        var goka = GokaIn(system, Storage, new TroubledClient(Kafka) { Polling = gate.Wait });
        var processor = await goka.Process(Counting()).Running();

        gate.Reset();
        Eventually(() => processor.Troubles.ShouldContain(t => t.What == "the polling thread" && t.Reason.StartsWith("it has not polled for")));
        gate.Set();

        Eventually(() => processor.Troubles.ShouldBeEmpty());
        Eventually(() => processor.State.ShouldBe(ProcessorState.Running));
    }

    [Fact]
    public async Task Polling_thread_that_does_not_come_back_must_fail_the_processor_loudly()
    {
        using var gate = new ManualResetEventSlim(true);
        var system = SecondSystem(Config);
        var events = CreateTestProbe();
        var goka = GokaIn(system, Storage, new TroubledClient(Kafka) { Polling = gate.Wait });
        system.EventStream.Subscribe(events.Ref, typeof(ProcessorFailed));
        var processor = await goka.Process(Counting()).Running();

        gate.Reset();
        var error = await Should.ThrowAsync<PollingStoppedException>(() => processor.Done.WaitAsync(Patience));
        gate.Set();

        error.Message.ShouldStartWith("The polling thread of group 'counts' has not polled for ");
        processor.State.ShouldBe(ProcessorState.Failed);
        events.ExpectMsg<ProcessorFailed>(Patience).Error.ShouldBe(error);
        Storage.Open.ShouldBeEmpty();
    }

    [Fact]
    public async Task Failure_must_be_told_by_the_event_the_log_the_state_and_the_task()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(ProcessorEvent));
        var processor = Goka.Process(Counting(_ => throw new InvalidDataException("never")));

        await EventFilter.Error(contains: "Group counts has failed: Processor 'counts' has stopped").ExpectOneAsync(Patience, async () =>
        {
            Send("alice");
            await Should.ThrowAsync<ProcessorFailedException>(() => processor.Done.WaitAsync(Patience));
        });

        processor.State.ShouldBe(ProcessorState.Failed);
        var told = ExpectMsg<ProcessorFailed>(Patience);
        told.Group.ShouldBe(Group);
        told.Error.ShouldBeOfType<ProcessorFailedException>().InnerException.ShouldBeOfType<RecordException>();
    }

    [Fact]
    public async Task Failing_start_must_be_told_by_the_event_and_the_log()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(ProcessorEvent));
        await EventFilter.Error(contains: "Group lost cannot start: 'lost' cannot start:").ExpectOneAsync(Patience, async () =>
        {
            var processor = Goka.Process(GroupGraph.Define("lost", g => g.Input("nowhere", Codec.String, (_, _) => { })));
            await Should.ThrowAsync<StartupException>(() => processor.Done.WaitAsync(Patience));
        });

        ExpectMsg<ProcessorFailed>(Patience).Error.ShouldBeOfType<StartupException>();
    }
}
