namespace GokaAkka.Tests.Processing;

public sealed class DeadLetterTests
{
    static readonly byte[] OddKey = [0xff, 0x00, 0x80];

    [Fact]
    public void A_dead_letter_has_the_records_bytes_and_headers_and_says_what_happened()
    {
        using var rig = Refusing(ErrorPolicy.DeadLetter);
        var batch = new RecordBatch("in", TaskRig<Stateless>.Partition, TaskRig<Stateless>.Generation);
        var own = Headers.Of("trace", "1").With("trace", new byte[] { 0xfe }).With("empty", ReadOnlyMemory<byte>.Empty);
        batch.Add(41, 1234, OddKey, [0x80, 0xff], valueIsNull: false, own);
        rig.Task.Add(batch);

        rig.Run();

        var letter = rig.Sender.Sent.ShouldHaveSingleItem();
        (letter.Topic, letter.Timestamp).ShouldBe(("group-dlq", TaskRig<Stateless>.Now));
        letter.Key.Span.ToArray().ShouldBe(OddKey);
        letter.Value.ShouldBe([0x80, 0xff]);
        letter.Headers!.Take(3).Select(h => (h.Name, Convert.ToHexString(h.Value.Span))).ShouldBe([("trace", "31"), ("trace", "FE"), ("empty", "")]);
        letter.Headers!.Skip(3).Select(h => $"{h.Name}={letter.Headers!.GetString(h.Name)}").ShouldBe(
        [
            "__goka.errors.topic=in",
            "__goka.errors.partition=2",
            "__goka.errors.offset=41",
            "__goka.errors.timestamp=1234",
            "__goka.errors.stage=callback",
            "__goka.errors.exception=System.IO.InvalidDataException",
            "__goka.errors.message=refused",
            "__goka.errors.attempts=1",
            "__goka.errors.group=group",
            "__goka.errors.count=1",
        ]);
        var (error, topic) = rig.DeadLettered.ShouldHaveSingleItem();
        (error.Offset, topic).ShouldBe((41L, "group-dlq"));
        rig.Skipped.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_record_that_defers_its_commit_and_is_dead_lettered_waits_for_its_dead_letter_alone(bool isRefused)
    {
        using var rig = TaskRig<Stateless>.Of(
            g => g.Input("in", Codec.String, (ctx, value) =>
            {
                ctx.Emit("out", ctx.Key, value);
                ctx.DeferCommit();
                if (!isRefused)
                    throw new InvalidDataException("bad");
            }).Output("out", Codec.String),
            ErrorPolicy.DeadLetter);
        rig.Sender.Refuse = r => r.Topic == "out" ? FakeSender.TooLarge : null;

        rig.Feed("in", ("a", "1")).Run();
        rig.Commits().ShouldBe("");
        rig.Task.IsSettled.ShouldBeFalse();
        rig.Sender.AckAll();

        rig.Commits().ShouldBe("in@1");
        rig.Task.TakeProcessed().ShouldBe(1);
        rig.Task.IsSettled.ShouldBeTrue();
    }

    [Fact]
    public void A_dead_letter_of_a_dead_letter_says_what_happened_last_and_how_often_it_has()
    {
        Headers? headers = null;
        for (var times = 1; times <= 3; times++)
        {
            using var rig = Refusing(ErrorPolicy.DeadLetter);
            var batch = new RecordBatch("in", TaskRig<Stateless>.Partition, TaskRig<Stateless>.Generation);
            batch.Add(40 + times, 1234, OddKey, [0x80], valueIsNull: false, headers ?? Headers.Of("trace", "1"));
            rig.Task.Add(batch);

            rig.Run();

            headers = rig.Sender.Sent.ShouldHaveSingleItem().Headers!;
            headers.Count.ShouldBe(11);
            (headers.GetString(DeadLetterHeaders.Offset), headers.GetString(DeadLetterHeaders.Count)).ShouldBe(($"{40 + times}", $"{times}"));
        }
    }

    [Fact]
    public void A_null_value_stays_null()
    {
        using var rig = TaskRig<Stateless>.Of(
            g => g.Input("in", Codec.String, (_, _) => throw new InvalidDataException(), new InputOptions { Nulls = NullHandling.Process }),
            ErrorPolicy.DeadLetter);

        rig.Feed("in", ("k", null)).Run();

        rig.Sender.Sent.ShouldHaveSingleItem().Value.ShouldBeNull();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 2)]
    [InlineData(8, 2)]
    public void Dead_letters_go_to_the_partition_of_the_same_number_in_their_order(int partitions, int expected)
    {
        using var rig = Refusing(ErrorPolicy.DeadLetterTo("bad"));
        rig.Sender.Partitions["bad"] = partitions;

        rig.Feed("in", ("a", "bad1"), ("b", "bad2"), ("c", "good"), ("a", "bad3")).Run();

        rig.Sender.Sent.Select(r => $"{r.Topic}[{r.Partition}] {r.Text}").ShouldBe(
            [$"bad[{expected}] bad1", $"bad[{expected}] bad2", $"bad[{expected}] bad3"]);
    }

    [Fact]
    public void Each_stage_may_have_its_own_policy()
    {
        using var rig = TaskRig<Stateless>.Of(
            g => g
                .Input("in", Codec.Int64, (ctx, n) =>
                {
                    if (n == 1)
                        throw new InvalidDataException("one");
                    ctx.Emit("out", "k", n);
                })
                .Output("out", Codec.Int64),
            new ErrorPolicies { Decode = ErrorPolicy.DeadLetterTo("unreadable"), Callback = ErrorPolicy.Skip, Emit = ErrorPolicy.DeadLetter.AfterRetries(1) });
        rig.Sender.Refuse = r => r.Topic == "out" ? FakeSender.TooLarge : null;

        rig.Feed("in", ("a", "x"), ("b", "1"), ("c", "2")).Run().EndPause();

        rig.Skipped.ShouldHaveSingleItem().Offset.ShouldBe(1);
        rig.Sender.Sent.Select(r => $"{r.Topic} {r.Text} {r.Headers!.GetString(DeadLetterHeaders.Stage)} {r.Headers.GetString(DeadLetterHeaders.Attempts)}")
            .ShouldBe(["unreadable x decode 1", "group-dlq 2 emit 2"]);
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@3");
    }

    [Fact]
    public void A_refused_dead_letter_ends_the_task_and_names_both_failures()
    {
        using var rig = Refusing(ErrorPolicy.DeadLetter);
        rig.Sender.Refuse = _ => FakeSender.TooLarge;

        var error = Should.Throw<DeadLetterException>(() => rig.Feed("in", ("a", "bad")).Run());

        error.Message.ShouldBe(
            "The dead letter of the record at in[2]@0 cannot be written to 'group-dlq': Not sent: MsgSizeTooLarge: too large It stays uncommitted. "
            + "What had failed before: Group 'group': the callback failed for the record at in[2]@0, key 'a': refused");
        rig.Task.Stop();
        rig.Task.IsQuiet.ShouldBeTrue();
        rig.Commits().ShouldBe("in@0");
        rig.DeadLettered.ShouldBeEmpty();
    }

    [Fact]
    public void A_dead_letter_that_is_not_delivered_ends_the_task()
    {
        using var rig = Refusing(ErrorPolicy.DeadLetter);
        rig.Feed("in", ("a", "bad")).Run();

        FakeSender.Fail(rig.Sender.Sent[0], "not allowed");

        Should.Throw<DeliveryException>(() => rig.Commits()).Message.ShouldContain("A dead letter was not delivered");
    }

    [Fact]
    public void A_record_of_a_batch_that_cannot_be_read_is_taken_out_of_it()
    {
        var seen = new List<long>();
        using var rig = TaskRig<Stateless>.Of(
            g => g.InputBatch("in", Codec.Int64, (ctx, messages) =>
            {
                seen.AddRange(messages.Select(m => m.Value));
                return ctx.Attempt == 1 ? throw new InvalidDataException("first") : default;
            }),
            new ErrorPolicies { Decode = ErrorPolicy.DeadLetter, Callback = ErrorPolicy.Fail.AfterRetries(1) });

        rig.Feed("in", ("a", "1"), ("b", "x"), ("c", "3")).Run();
        rig.Sender.Sent.ShouldBeEmpty("the batch is not done");
        rig.EndPause();

        seen.ShouldBe([1, 3, 1, 3]);
        rig.Sender.Sent.ShouldHaveSingleItem().Headers!.GetString(DeadLetterHeaders.Offset).ShouldBe("1");
        rig.Commits().ShouldBe("");
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@3");
    }

    [Fact]
    public void A_batch_whose_callback_fails_is_dead_lettered_record_by_record_in_order()
    {
        using var rig = TaskRig<Stateless>.Of(
            g => g.InputBatch("in", Codec.Int64, (_, _) => throw new InvalidDataException("all of it")),
            ErrorPolicy.DeadLetter);

        rig.Feed("in", ("a", "1"), ("b", "x"), ("c", null), ("d", "4")).Run();

        rig.Sender.Sent.Select(r => $"{r.Key} {r.Headers!.GetString(DeadLetterHeaders.Offset)} {r.Headers.GetString(DeadLetterHeaders.Stage)}")
            .ShouldBe(["a 0 callback", "b 1 decode", "d 3 callback"]);
        rig.Sender.AckAll();
        rig.Commits().ShouldBe("in@4");
        rig.DeadLettered.Select(d => d.Error.Offset).ShouldBe([0, 1, 3]);
    }

    [Fact]
    public void Concurrent_callbacks_that_fail_are_committed_in_order_once_their_dead_letters_are_acknowledged()
    {
        var gates = new Dictionary<string, TaskCompletionSource>();
        using var rig = TaskRig<Stateless>.Of(
            g => g.Input(
                "in", Codec.String, async (_, text) => await (gates[text] = new TaskCompletionSource()).Task, new InputOptions { Concurrency = 3 }),
            ErrorPolicy.DeadLetter);
        rig.Feed("in", ("a", "1"), ("b", "2"), ("c", "3")).Run();

        foreach (var text in (string[])["3", "1", "2"])
        {
            gates[text].SetException(new InvalidDataException("bad"));
            rig.Run();
        }

        rig.Sender.Sent.Select(r => r.Text).ShouldBe(["3", "1", "2"]);
        FakeSender.Ack(rig.Sender.Sent[0]);
        rig.Commits().ShouldBe("");
        FakeSender.Ack(rig.Sender.Sent[1]);
        rig.Commits().ShouldBe("in@1");
        FakeSender.Ack(rig.Sender.Sent[2]);
        rig.Commits().ShouldBe("in@3");
    }

    [Fact]
    public void A_long_message_is_cut()
    {
        using var rig = TaskRig<Stateless>.Of(
            g => g.Input("in", Codec.String, (_, _) => throw new InvalidDataException(new string('x', 5000))), ErrorPolicy.DeadLetter);

        rig.Feed("in", ("k", "")).Run();

        rig.Sender.Sent[0].Headers!.GetString(DeadLetterHeaders.Message).ShouldBe(new string('x', DeadLetterHeaders.LongestMessage) + "…");
    }

    static TaskRig<Stateless> Refusing(ErrorPolicy policy) => TaskRig<Stateless>.Of(
        g => g.Input("in", Codec.Bytes, (_, bytes) =>
        {
            if (!bytes.AsSpan().SequenceEqual("good"u8))
                throw new InvalidDataException("refused");
        }),
        policy);
}
