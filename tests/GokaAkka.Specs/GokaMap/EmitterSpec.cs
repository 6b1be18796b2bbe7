namespace GokaAkka.Specs.GokaMap;

/// <summary>Messages from outside any processor. goka's <c>Emitter</c>.</summary>
public sealed class EmitterSpec(ITestOutputHelper output)
    : MapSpec(output, "goka.emitter { max-pending = 2, max-pending-size = 1KiB }")
{
    [Fact]
    public async Task A_message_must_go_to_the_partition_of_its_key_and_its_task_end_with_the_acknowledgement()
    {
        Kafka.CreateTopic("out", 10);
        await using var emitter = Goka.Emitter(new Stream<long>("out", Codec.Int64));
        Task<EmittedRecord> sent;
        using (Kafka.HoldAcks("out"))
        {
            sent = emitter.Emit("alice", 42);
            AwaitRecords("out", 1);
            sent.IsCompleted.ShouldBeFalse();
        }

        (await sent.WaitAsync(Patience)).ShouldBe(new EmittedRecord(7, 0));
        Kafka.Read("out")[0].ToString().ShouldBe("out[7]@0 alice = 42 (Committed)");
    }

    [Fact]
    public async Task A_message_that_is_not_delivered_must_fault_its_task_and_no_other()
    {
        Kafka.CreateTopic("out");
        await using var emitter = Goka.Emitter("out", Codec.String);
        Kafka.FailSends("out", new KafkaFault("TopicAuthorizationFailed", "not allowed", FaultKind.Permanent));

        var error = await Should.ThrowAsync<KafkaFaultException>(emitter.Emit("k", "refused").WaitAsync(Patience));
        await emitter.Emit("k", "taken").WaitAsync(Patience);

        error.Fault.Code.ShouldBe("TopicAuthorizationFailed");
        error.Message.ShouldContain("out");
        Kafka.Read("out").Select(r => r.Text).ShouldBe(["taken"]);
    }

    [Fact]
    public async Task Headers_given_with_a_message_must_lie_over_the_default_ones()
    {
        Kafka.CreateTopic("out");
        await using var emitter = Goka.Emitter("out", Codec.String, Header("app", "shop").With("region", Utf8("eu")));

        await emitter.Emit("k", "1", Header("region", "us")).WaitAsync(Patience);
        await emitter.Emit("k", "2").WaitAsync(Patience);

        Kafka.Read("out").Select(r => r.Headers.ToString()).ShouldBe(["app=shop, region=us", "app=shop, region=eu"]);
    }

    [Fact]
    public async Task A_null_message_must_be_a_null_value_and_an_empty_key_an_empty_key()
    {
        Kafka.CreateTopic("out", 10);
        await using var emitter = Goka.Emitter("out", Codec.String);

        await emitter.Emit("", null!).WaitAsync(Patience);

        var record = Kafka.Read("out").Single();
        record.Partition.ShouldBe(5);
        record.Value.ShouldBeNull();
        record.Key.Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_null_value_must_be_sent_also_where_the_type_knows_none()
    {
        Kafka.CreateTopic("in");
        Kafka.CreateTopic("out");
        await using var emitter = Goka.Emitter("in", Codec.Int64);
        await Running(GroupGraph.Define("g", g => g
            .Input("in", Codec.Int64, (ctx, _) => ctx.EmitNull("out", ctx.Key, Header("why", "gone")), new InputOptions { Nulls = NullHandling.Process })
            .Output("out", Codec.Int64)));

        await emitter.EmitNull("k", Header("a", "b")).WaitAsync(Patience);

        var record = AwaitRecords("out", 1)[0];
        (record.Key.ToString(), record.Value, record.Headers.ToString()).ShouldBe(("k", null, "why=gone"));
        Kafka.Read("in")[0].Value.ShouldBeNull();
    }

    [Fact]
    public async Task Disposing_must_wait_for_what_is_pending_and_emitting_afterwards_be_an_error()
    {
        Kafka.CreateTopic("out");
        var emitter = Goka.Emitter("out", Codec.String);
        var hold = Kafka.HoldAcks("out");
        var sent = emitter.Emit("k", "v");

        var disposed = emitter.DisposeAsync().AsTask();
        sent.IsCompleted.ShouldBeFalse();
        hold.Dispose();

        await disposed.WaitAsync(Patience);
        await sent.WaitAsync(Patience);
        await Should.ThrowAsync<ObjectDisposedException>(emitter.Emit("k", "late"));
    }

    [Fact]
    public async Task Emitting_must_wait_for_room_when_too_much_is_pending()
    {
        Kafka.CreateTopic("out");
        await using var emitter = Goka.Emitter("out", Codec.String);
        Task[] sent;
        using (Kafka.HoldAcks("out"))
        {
            sent = [emitter.Emit("k", "1"), emitter.Emit("k", "2"), emitter.Emit("k", "3")];
            AwaitRecords("out", 2);
            Kafka.Read("out").Select(r => r.Text).ShouldBe(["1", "2"]);
        }

        await Task.WhenAll(sent).WaitAsync(Patience);
        Kafka.Read("out").Select(r => r.Text).ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task A_value_that_does_not_encode_must_fault_its_task()
    {
        Kafka.CreateTopic("out");
        await using var emitter = Goka.Emitter("out", Codec.String);
        await Should.ThrowAsync<ArgumentException>(emitter.Emit("k", "\ud800"));
        await emitter.Emit("k", "fine").WaitAsync(Patience);
    }

    [Fact]
    public async Task Emitting_to_a_topic_that_does_not_exist_must_name_it()
    {
        await using var emitter = Goka.Emitter("nowhere", Codec.String);
        (await Should.ThrowAsync<KafkaFaultException>(emitter.Emit("k", "v"))).Message.ShouldContain("nowhere");
    }

    [Fact]
    public async Task Messages_must_wait_while_too_many_bytes_are_pending_and_be_cancelled_while_they_wait()
    {
        Kafka.CreateTopic("out");
        await using var emitter = Goka.Emitter("out", Codec.String);
        using var cancellation = new CancellationTokenSource();
        Task last;
        using (Kafka.HoldAcks("out"))
        {
            var first = emitter.Emit("k", new string('1', 1500));
            AwaitRecords("out", 1);
            var second = emitter.Emit("k", "2", cancellation: cancellation.Token);
            last = emitter.Emit("k", "3");
            await cancellation.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(second.WaitAsync(Patience));
            (first.IsCompleted, last.IsCompleted, Kafka.ReadLog("out").Count).ShouldBe((false, false, 1));
        }

        await last.WaitAsync(Patience);
        Kafka.Read("out").Select(r => r.Text![..1]).ShouldBe(["1", "3"]);
    }

    [Fact]
    public async Task A_producer_that_has_failed_for_good_must_be_replaced_and_shown_until_then()
    {
        Kafka.CreateTopic("out");
        await using var emitter = Goka.Emitter("out", Codec.String);
        Kafka.FailSends("out", new KafkaFault("Local_Fatal", "made to fail", FaultKind.Fatal));

        await Should.ThrowAsync<KafkaFaultException>(emitter.Emit("k", "lost").WaitAsync(Patience));
        AwaitAssert(() => Goka.Health.Ready().Reason.ShouldNotBeNull().ShouldStartWith("emitter out: its producer has failed and is made anew: Local_Fatal"), Patience);
        var next = emitter.Emit("k", "taken");

        await next.WaitAsync(Patience);
        Goka.Health.Ready().Reason.ShouldBeNull();
        Kafka.Read("out").Select(r => r.Text).ShouldBe(["taken"]);
    }

    [Fact]
    public async Task Each_message_must_have_its_end_when_the_emitter_is_disposed_meanwhile()
    {
        Kafka.CreateTopic("out");
        for (var round = 0; round < 5; round++)
        {
            var emitter = Goka.Emitter("out", Codec.String);
            var emitted = new ConcurrentQueue<Task>();
            var emitting = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                Task last;
                do
                    emitted.Enqueue(last = emitter.Emit("k", "v"));
                while (!last.IsFaulted);
            })));
            AwaitCondition(() => !emitted.IsEmpty, Patience, TimeSpan.FromMilliseconds(1));

            await emitter.DisposeAsync().AsTask().WaitAsync(Patience);

            await emitting.WaitAsync(Patience);
            await Task.WhenAny(Task.WhenAll(emitted)).WaitAsync(Patience);
            emitted.Where(static t => !t.IsCompletedSuccessfully && t.Exception?.InnerException is not ObjectDisposedException).ShouldBeEmpty();
        }
    }
}

/// <summary>The same with little time to wait for acknowledgements.</summary>
public sealed class ImpatientEmitterSpec(ITestOutputHelper output) : MapSpec(output, "goka.emitter.close-timeout = 200ms")
{
    [Fact]
    public async Task Flushing_must_wait_for_the_acknowledgements_and_give_up_when_they_do_not_come()
    {
        Kafka.CreateTopic("out");
        await using var emitter = Goka.Emitter("out", Codec.String);
        var hold = Kafka.HoldAcks("out");
        var sent = emitter.Emit("k", "v");

        (await Should.ThrowAsync<TimeoutException>(emitter.Flush())).Message.ShouldContain("out");
        hold.Dispose();

        await sent.WaitAsync(Patience);
        await emitter.Flush().WaitAsync(Patience);
    }

    [Fact]
    public async Task Disposing_must_give_up_what_is_not_acknowledged_in_time_and_say_how_much()
    {
        Kafka.CreateTopic("out");
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.Warning));
        var emitter = Goka.Emitter("out", Codec.String);
        using var hold = Kafka.HoldAcks("out");
        var sent = emitter.Emit("alice", "v");
        AwaitRecords("out", 1);

        await emitter.DisposeAsync().AsTask().WaitAsync(Patience);

        (await Should.ThrowAsync<KafkaFaultException>(sent.WaitAsync(Patience))).Message.ShouldContain("'out' with key 'alice' was not delivered");
        FishForMessage(m => m is Akka.Event.Warning w && w.Message.ToString()!.Contains("'out': 1 messages were not acknowledged"), Patience);
    }
}
