namespace GokaAkka.Specs;

public sealed class ProcessorSpec(ITestOutputHelper output) : GokaSpec(output)
{
    [Fact]
    public async Task Partition_must_be_silent_of_timers_that_come_late_and_of_no_other_message()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.UnhandledMessage));
        var processor = await Goka.Process(Counting()).Running();

        Sys.ActorSelection("akka://spec/system/goka-processor-*/partition-*").Tell("foreign");
        for (var i = 0; i < Partitions; i++)
            ExpectMsg<Akka.Event.UnhandledMessage>(Patience).Message.ShouldBe("foreign");
        await processor.Stop().WaitAsync(Patience);

        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Processor_must_become_ready_count_answer_and_commit()
    {
        Send("alice", "bob", "alice");
        var states = new List<ProcessorState>();
        var processor = Goka.Process(Counting());
        processor.StateChanged += s =>
        {
            lock (states)
                states.Add(s);
        };

        await processor.Ready.WaitAsync(Patience);
        Eventually(() => processor.State.ShouldBe(ProcessorState.Running));
        processor.Partitions.Select(p => (p.Partition, p.State)).ShouldBe(Enumerable.Range(0, Partitions).Select(i => (i, PartitionState.Running)));
        AwaitCommitted();

        (await processor.Get("alice")).ShouldBe(2);
        (await processor.Get("bob")).ShouldBe(1);
        (await processor.Get("carol")).ShouldBe(0);
        ((await processor.Has("bob")), (await processor.Has("carol"))).ShouldBe((true, false));
        processor.Local().Select(e => $"{e.Key}={e.Value}").Order().ShouldBe(["alice=2", "bob=1"]);
        Kafka.Read(Table).Count.ShouldBe(3);
        Kafka.Read(Table).ShouldAllBe(r => r.Partition == PartitionOf(r.Key.ToString()));
    }

    [Fact]
    public async Task Processor_must_commit_and_close_everything_when_it_is_stopped()
    {
        Send("alice", "bob");
        var processor = await Goka.Process(Counting()).Running();
        Eventually(() => processor.Partitions.Sum(p => p.Processed).ShouldBe(2));

        await processor.Stop().WaitAsync(Patience);

        processor.State.ShouldBe(ProcessorState.Stopped);
        AwaitCommitted();
        Storage.Open.ShouldBeEmpty();
        Kafka.Members(Group).ShouldBeEmpty();
        Storage.Position(StoreOf("alice")).NextOffset.ShouldBe(1, "what was acknowledged is flushed");
        var error = await Should.ThrowAsync<PartitionNotHereException>(async () => await processor.Get("alice"));
        error.Message.ShouldContain("the state is Stopped");
    }

    [Fact]
    public async Task Processor_must_flush_a_partition_that_has_gone_idle()
    {
        Send("alice");
        var processor = await Goka.Process(Counting()).Running();

        Eventually(() => Storage.Position(StoreOf("alice")).NextOffset.ShouldBe(1));
        Eventually(() => processor.State.ShouldBe(ProcessorState.Running));
    }

    [Fact]
    public async Task Processor_must_restore_everything_into_a_deleted_store()
    {
        Send("alice", "alice", "bob");
        await RunUntilCommitted();
        Storage.Clear();

        var processor = await Goka.Process(Counting()).Running();

        (await processor.Get("alice")).ShouldBe(2);
        (await processor.Get("bob")).ShouldBe(1);
        processor.Partitions.Sum(p => p.Restored).ShouldBe(3);
    }

    [Fact]
    public async Task Processor_must_not_serve_a_store_whose_topic_was_made_again_and_has_grown_past_it()
    {
        Send("alice", "alice");
        await RunUntilCommitted();
        Kafka.RecreateTopic(Table);
        for (var i = 0; i < 5; i++)
            Kafka.Append(Table, PartitionOf("alice"), $"other{i}", "1");

        var processor = await Goka.Process(Counting()).Running();

        (await processor.Has("alice")).ShouldBeFalse();
    }

    [Fact]
    public async Task Processor_must_be_ready_and_stop_again_and_again_without_leaving_a_store_open()
    {
        for (var i = 0; i < 15; i++)
        {
            var processor = Goka.Process(Counting());
            if (i % 2 == 0)
                await processor.Ready.WaitAsync(Patience);
            await processor.Stop().WaitAsync(Patience);
            Storage.Open.ShouldBeEmpty($"round {i}");
        }
    }

    [Fact]
    public async Task Processor_must_go_on_when_a_listener_of_its_state_throws()
    {
        var processor = Goka.Process(Counting());
        processor.StateChanged += _ => throw new InvalidOperationException("the listener's own fault");

        await processor.Ready.WaitAsync(Patience);
        await processor.Stop().WaitAsync(Patience);
    }

    [Fact]
    public async Task Processor_must_wait_for_an_asynchronous_callback_before_it_leaves()
    {
        var gate = new TaskCompletionSource();
        var began = new TaskCompletionSource();
        var graph = GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, async (ctx, _) =>
            {
                began.SetResult();
                await gate.Task;
                ctx.SetValue(ctx.Value + 1);
            })
            .Persist(Codec.Int64));
        Send("alice");
        var processor = Goka.Process(graph);
        await began.Task.WaitAsync(Patience);

        var stopped = processor.Stop();
        Eventually(() => processor.Partitions.ShouldContain(p => p.State == PartitionState.Draining));
        stopped.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        await stopped.WaitAsync(Patience);

        Kafka.Read(Table).Single().Text.ShouldBe("1");
        AwaitCommitted();
    }

    async Task RunUntilCommitted()
    {
        var processor = await Goka.Process(Counting()).Running();
        AwaitCommitted();
        await processor.Stop().WaitAsync(Patience);
    }

    static StorageId StoreOf(string key) => new(Group, Table, PartitionOf(key));
}
