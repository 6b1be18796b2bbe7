namespace GokaAkka.Specs.GokaMap;

/// <summary>Where goka loses or corrupts something: each of these would fail on it.</summary>
public sealed class HolesSpec(ITestOutputHelper output) : MapSpec(output)
{
    [Fact]
    public async Task A_record_acknowledged_late_must_keep_its_offset_and_those_behind_it_uncommitted()
    {
        Kafka.CreateTopic("out", 2);
        await Running(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, value) => ctx.Emit("out", value, value))
            .Output("out", Codec.String)));
        using (Kafka.HoldAcks("out", 1))
        {
            // key1 goes to partition 1, whose acknowledgement is late; key2 to partition 0.
            Kafka.Append("in", 0, "k", "key1");
            Kafka.Append("in", 0, "k", "key2");
            AwaitRecords("out", 2);
            // Its commit would follow within milliseconds: one of another input, which does follow, stands for the time.
            await Proceed();
            Committed("g", "in").ShouldBe(0);
        }

        AwaitCommitted("g", "in", 0, 2);
    }

    [Fact]
    public async Task A_null_value_that_is_passed_over_must_not_commit_what_is_pending_before_it()
    {
        await Running(Copying);
        using (Kafka.HoldAcks("out"))
        {
            Kafka.Append("in", 0, "k", "v");
            Kafka.Append("in", 0, "k", (byte[]?)null);
            AwaitRecords("out", 1);
            await Proceed();
            Committed("g", "in").ShouldBe(0);
        }

        AwaitCommitted("g", "in", 0, 2);
    }

    [Fact]
    public async Task A_record_whose_output_was_refused_must_be_processed_again_and_not_be_passed_by_those_behind_it()
    {
        var processor = await Running(Copying);
        Kafka.FailSends("out", new KafkaFault("NotEnoughReplicas", "too few replicas", FaultKind.Permanent));
        Kafka.Append("in", 0, "k", "1");
        Kafka.Append("in", 0, "k", "2");

        AwaitCommitted("g", "in", 0, 2);

        Kafka.Read("out").Select(r => r.Text).TakeLast(2).ShouldBe(["1", "2"]);
        processor.Partitions[0].Restarts.ShouldBe(0, "the failure is the brokers'");
    }

    [Theory]
    [InlineData(ErrorAction.Restart)]
    [InlineData(ErrorAction.Skip)]
    [InlineData(ErrorAction.DeadLetter)]
    public async Task Failing_while_the_processor_stops_must_commit_nothing(ErrorAction policy)
    {
        var begun = new TaskCompletionSource();
        var processor = await Running(GroupGraph.Define("g", g => g.Input(
            "in", Codec.String, async (ctx, _) =>
            {
                begun.TrySetResult();
                await Cancelled(ctx.Cancellation);
                ctx.Fail(new InvalidOperationException("cut short"));
            },
            new InputOptions { Errors = new ErrorPolicy(policy) })));
        Kafka.Append("in", 0, "k", "v");
        await begun.Task.WaitAsync(Patience);

        await processor.Stop().WaitAsync(Patience);

        Committed("g", "in").ShouldBe(0);
        if (policy == ErrorAction.DeadLetter)
            Kafka.Read("g-dlq").ShouldBeEmpty();
    }

    [Fact]
    public async Task Failing_while_the_partition_is_taken_away_must_commit_nothing_and_have_the_record_read_again()
    {
        var times = 0;
        var begun = new TaskCompletionSource();
        await Running(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, async (ctx, value) =>
            {
                if (Interlocked.Increment(ref times) == 1)
                {
                    begun.TrySetResult();
                    await Cancelled(ctx.Cancellation);
                    ctx.Fail(new InvalidOperationException("cut short"));
                }

                ctx.Emit("out", ctx.Key, value);
            })
            .Output("out", Codec.String)));
        Kafka.Append("in", 0, "k", "v");
        await begun.Task.WaitAsync(Patience);

        Kafka.Rebalance("g");

        AwaitRecords("out", 1);
        AwaitCommitted("g", "in", 0, 1);
        times.ShouldBe(2);
    }

    [Fact]
    public async Task Partitions_that_are_lost_must_commit_nothing_of_what_they_had_begun()
    {
        await Running(Copying);
        var hold = Kafka.HoldAcks("out");
        Kafka.Append("in", 0, "k", "v");
        AwaitRecords("out", 1);

        Kafka.ExpireMember("g", "goka-g");
        // Written again by the next assignment, whose acknowledgement is held back too; of the first one, nobody waits for it any more.
        AwaitRecords("out", 2);

        await Proceed();
        Committed("g", "in").ShouldBe(0);
        hold.Dispose();
        AwaitCommitted("g", "in", 0, 1);
    }

    [Fact]
    public async Task A_callback_that_fails_must_have_emitted_nothing_and_changed_nothing()
    {
        var processor = await Running(GroupGraph.Define<string>("g", g => g
            .Input("in", Codec.String, (ctx, value) =>
            {
                ctx.Emit("out", ctx.Key, $"{ctx.Value}>{value}");
                ctx.SetValue(value);
                if (value == "bad")
                    throw new InvalidOperationException("after the emit");
            }, new InputOptions { Errors = ErrorPolicy.Skip })
            .Output("out", Codec.String)
            .Persist(Codec.String)));

        Kafka.Append("in", 0, "k", "good");
        Kafka.Append("in", 0, "k", "bad");
        AwaitCommitted("g", "in", 0, 2);
        (await processor.Get("k")).ShouldBe("good");
        Kafka.Append("in", 0, "k", "next");
        AwaitCommitted("g", "in", 0, 3);

        Kafka.Read("out").Select(r => r.Text).ShouldBe([">good", "good>next"]);
        Kafka.Read("g-table").Select(r => r.Text).ShouldBe(["good", "next"]);
    }

    [Fact]
    public async Task A_key_placed_by_another_hash_must_keep_its_state_and_be_reported()
    {
        Kafka.CreateTopic("in", 10);
        var processor = await Running(Counts);

        // goka's hash puts alice into partition 7; its producer did not use it.
        await EventFilter.Warning(contains: "key 'alice' came in partition 0").ExpectOneAsync(Patience, () =>
        {
            Kafka.Append("in", 0, "alice", "v");
            Kafka.Append("in", 0, "alice", "v");
            AwaitCommitted("g", "in", 0, 2);
            return Task.CompletedTask;
        });
        await processor.Stop().WaitAsync(Patience);
        var again = await Running(Counts);
        Kafka.Append("in", 0, "alice", "v");
        AwaitCommitted("g", "in", 0, 3);

        Kafka.Read("g-table").Select(r => $"{r.Partition} {r.Text}").ShouldBe(["0 1", "0 2", "0 3"]);
        again.Partitions.Sum(p => p.Misplaced).ShouldBe(1);
        again.Local().Single().Value.ShouldBe(3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_poison_record_must_be_passed_over_counted_and_told_where_that_is_the_policy(bool decode)
    {
        var processor = await Running(Poisoned(ErrorPolicy.Skip));
        Kafka.Append("in", 0, "good", "1");
        var offset = Kafka.Append("in", 0, "bad", decode ? "no number" : "13");
        Kafka.Append("in", 0, "good", "2");

        AwaitCommitted("g", "in", 0, 3);

        (await processor.Get("good")).ShouldBe(3);
        (await processor.Has("bad")).ShouldBeFalse();
        var status = processor.Partitions[0];
        (status.Skipped, status.Restarts, status.Processed).ShouldBe((1, 0, 3));
        var error = status.LastError.ShouldBeOfType<RecordException>();
        (error.Topic, error.Partition, error.Offset, error.Stage).ShouldBe(("in", 0, offset, decode ? ProcessingStage.Decode : ProcessingStage.Callback));
        error.Message.ShouldBe($"Group 'g': {(decode ? "decoding the value" : "the callback")} failed for the record at in[0]@1, key 'bad': "
            + (decode ? "Expected a 64-bit integer as decimal text, found \"no number\"." : "13"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_poison_record_must_stop_the_processor_at_once_where_that_is_the_policy(bool decode)
    {
        var processor = await Running(Poisoned(ErrorPolicy.Fail));
        Kafka.Append("in", 0, "good", "1");
        AwaitCommitted("g", "in", 0, 1);
        Kafka.Append("in", 0, "bad", decode ? "no number" : "13");
        Kafka.Append("in", 0, "good", "2");

        var error = await Should.ThrowAsync<ProcessorFailedException>(processor.Done.WaitAsync(Patience));

        error.Message.ShouldStartWith(
            $"Processor 'g' has stopped: partition 0 failed. Group 'g': {(decode ? "decoding the value" : "the callback")} failed for the record at in[0]@1");
        processor.Partitions[0].Restarts.ShouldBe(0);
        processor.State.ShouldBe(ProcessorState.Failed);
        Kafka.CommittedOffset("g", "in", 0).ShouldBe(1);
        Kafka.Read("g-table").Select(r => r.Text).ShouldBe(["1"]);
    }

    [Fact]
    public async Task A_poison_record_must_by_default_be_tried_again_and_stop_the_processor_when_it_goes_on_failing()
    {
        var tries = 0;
        var processor = await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (ctx, _) =>
        {
            Interlocked.Increment(ref tries);
            ctx.Fail(new InvalidOperationException("never"));
        })));
        Kafka.Append("in", 0, "k", "v");

        var error = await Should.ThrowAsync<ProcessorFailedException>(processor.Done.WaitAsync(Patience));

        error.Message.ShouldContain("after 10 restarts");
        error.Message.ShouldContain("never");
        tries.ShouldBe(11);
        Committed("g", "in").ShouldBe(0);
    }

    [Fact]
    public async Task A_partition_that_fails_must_start_again_alone_and_the_others_go_on()
    {
        Kafka.CreateTopic("in", 2);
        var fails = true;
        var processor = await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (ctx, _) =>
        {
            if (ctx.Partition == 0 && Volatile.Read(ref fails))
                throw new IOException("the disk is away");
        })));
        Kafka.Append("in", 0, "k", "v");
        Await(() => processor.Partitions[0].Restarts > 0, "partition 0 starts again");
        Kafka.Append("in", 1, "k", "v");
        AwaitCommitted("g", "in", 1, 1);
        Volatile.Write(ref fails, false);

        AwaitCommitted("g", "in", 0, 1);
        processor.Partitions[1].Restarts.ShouldBe(0);
    }

    static GroupGraph<long> Poisoned(ErrorPolicy policy) => GroupGraph.Define<long>("g", g => g
        .Input("in", Codec.Int64, (ctx, add) =>
        {
            if (add == 13)
                ctx.Fail(new InvalidOperationException("13"));
            ctx.SetValue(ctx.Value + add);
        }, new InputOptions { Errors = policy })
        .Persist(Codec.Int64));

    static async Task Cancelled(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task;
    }
}
