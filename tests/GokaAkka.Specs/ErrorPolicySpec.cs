namespace GokaAkka.Specs;

/// <summary>Each policy at each stage: order kept, dead letters complete, the processor lives on.</summary>
public sealed class ErrorPolicySpec(ITestOutputHelper output) : GokaSpec(output, Retries)
{
    const string Retries = "goka.processor.retry { min-backoff = 1ms, max-backoff = 5ms }";
    const string Letters = "counts-dlq";

    public enum Stage
    {
        Decode,
        Callback,
        Emit,
    }

    public static IEnumerable<object[]> Ways =>
        from stage in Enum.GetValues<Stage>() from deadLetter in (bool[])[false, true] from retries in (bool[])[false, true] select new object[] { stage, deadLetter, retries };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Records_must_be_passed_over_in_order_and_the_processor_live_on(Stage stage, bool deadLetter, bool retries)
    {
        Kafka.CreateTopic("out", Partitions);
        var end = deadLetter ? ErrorPolicy.DeadLetter : ErrorPolicy.Skip;
        var processor = Goka.Process(Echo(retries ? end.AfterRetries(2) : end));
        for (var i = 0; i < 20; i++)
            SendTo(1, "key", i % 5 == 3 ? Bad(stage, i) : $"{i}");

        AwaitCommitted();

        var good = Enumerable.Range(0, 20).Where(i => i % 5 != 3).Select(i => $"{i}").ToList();
        Kafka.Read("out").Select(r => r.Text).ShouldBe(good);
        var status = processor.Partitions[1];
        Eventually(() => (status.Skipped, status.DeadLetters, status.Retries, status.Restarts).ShouldBe((deadLetter ? 0 : 4, deadLetter ? 4 : 0, retries ? 8 : 0, 0)));
        Eventually(() => processor.State.ShouldBe(ProcessorState.Running));
        if (!deadLetter)
        {
            Kafka.Topic(Letters).ShouldBeNull();
            return;
        }

        var letters = Kafka.Read(Letters, 1).ToList();
        letters.Select(r => r.Text).ShouldBe(Enumerable.Range(0, 20).Where(i => i % 5 == 3).Select(i => Bad(stage, i)));
        letters.Select(r => Told(r, DeadLetterHeaders.Offset)).ShouldBe(["3", "8", "13", "18"]);
        letters.ShouldAllBe(r => Told(r, DeadLetterHeaders.Stage) == stage.ToString().ToLowerInvariant());
        letters.ShouldAllBe(r => Told(r, DeadLetterHeaders.Attempts) == (retries ? "3" : "1"));
        letters.ShouldAllBe(r => Told(r, DeadLetterHeaders.Group) == Group && Told(r, DeadLetterHeaders.Topic) == "in" && Told(r, DeadLetterHeaders.Partition) == "1");
    }

    [Theory]
    [InlineData(Stage.Decode)]
    [InlineData(Stage.Callback)]
    [InlineData(Stage.Emit)]
    public async Task Processor_must_fail_at_once_after_the_attempts_it_is_given(Stage stage)
    {
        Kafka.CreateTopic("out", Partitions);
        var processor = Goka.Process(Echo(ErrorPolicy.Fail.AfterRetries(1)));
        SendTo(1, "key", "fine");
        SendTo(1, "key", Bad(stage, 1));

        var error = await Should.ThrowAsync<ProcessorFailedException>(() => processor.Done.WaitAsync(Patience));

        error.Message.ShouldContain("failed for the record at in[1]@1, key 'key', at attempt 2: ");
        processor.Partitions[1].Restarts.ShouldBe(0);
        Kafka.CommittedOffset(Group, "in", 1).ShouldBe(1);
    }

    [Theory]
    [InlineData(Stage.Decode)]
    [InlineData(Stage.Callback)]
    [InlineData(Stage.Emit)]
    public async Task Partition_must_start_again_after_the_attempts_it_is_given_and_fail_the_processor_in_the_end(Stage stage)
    {
        Kafka.CreateTopic("out", Partitions);
        var processor = Goka.Process(Echo(ErrorPolicy.Restart.AfterRetries(1)));
        SendTo(1, "key", Bad(stage, 1));

        var error = await Should.ThrowAsync<ProcessorFailedException>(() => processor.Done.WaitAsync(Patience));

        error.Message.ShouldContain("failed again after 3 restarts");
        (processor.Partitions[1].Restarts, processor.Partitions[1].Retries).ShouldBe((3, 4));
    }

    [Fact]
    public async Task Record_must_be_tried_again_until_it_succeeds_and_count_once()
    {
        var calls = 0;
        var graph = GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                ctx.SetValue(ctx.Value + 1);
                if (text == "bad" && Interlocked.Increment(ref calls) < 4)
                    throw new TimeoutException("not yet");
            }, new InputOptions { Errors = ErrorPolicy.DeadLetter.AfterRetries(5) })
            .Persist(Codec.Int64));
        var partition = PartitionOf("alice");
        SendTo(partition, "alice", "bad");
        SendTo(partition, "alice", "good");
        var processor = Goka.Process(graph);

        AwaitCommitted();

        (await processor.Get("alice")).ShouldBe(2);
        Kafka.Read(Table).Select(r => r.Text).ShouldBe(["1", "2"], "what failed attempts asked for is dropped");
        Eventually(() => (processor.Partitions[partition].Retries, processor.Partitions[partition].Restarts).ShouldBe((3, 0)));
        Kafka.Read(Letters, partition).ShouldBeEmpty();
    }

    [Fact]
    public async Task Stopping_in_a_long_pause_must_not_wait_for_it_and_lose_nothing()
    {
        var processor = Goka.Process(GroupGraph.Define(Group, g => g.Input(
            "in", Codec.String, (_, _) => throw new TimeoutException("not yet"),
            new InputOptions { Errors = ErrorPolicy.Skip.AfterRetries(5, TimeSpan.FromHours(1), TimeSpan.FromHours(1)) })));
        SendTo(1, "key", "");
        Eventually(() => processor.Partitions.Sum(p => p.Retries).ShouldBe(1));

        await processor.Stop().WaitAsync(Patience);

        Kafka.CommittedOffset(Group, "in", 1).GetValueOrDefault().ShouldBe(0);
    }

    [Fact]
    public void Dead_letter_topic_must_be_made_like_the_inputs_and_others_taken_as_they_are()
    {
        Kafka.CreateTopic("odd", 3);
        var processor = Goka.Process(GroupGraph.Define(Group, g => g.Input(
            "in", Codec.Int64, (_, _) => throw new InvalidDataException("never"),
            new InputOptions { Errors = new ErrorPolicies { Decode = ErrorPolicy.DeadLetterTo("odd"), Callback = ErrorPolicy.DeadLetter } })));
        SendTo(3, "key", "x");
        SendTo(3, "key", "1");

        AwaitCommitted();

        var made = Kafka.Topic(Letters)!;
        (made.Partitions, made.Settings!["cleanup.policy"], made.Settings["retention.ms"]).ShouldBe((Partitions, "delete", "2592000000"));
        Kafka.Read("odd", 0).Select(r => r.Text).ShouldBe(["x"]);
        Kafka.Read(Letters, 3).Select(r => r.Text).ShouldBe(["1"]);
        processor.Partitions[3].Outputs.Select(o => o.Topic).ShouldBe(["odd", Letters], ignoreOrder: true);
    }

    [Fact]
    public async Task Start_must_fail_when_dead_letters_would_come_back_or_be_compacted()
    {
        Kafka.CreateTable("compacted", Partitions);
        var back = Goka.Process(GroupGraph.Define(Group, g => g.Input(
            "in", Codec.Int64, (_, _) => { }, new InputOptions { Errors = ErrorPolicy.DeadLetterTo("in") })));
        var compacted = Goka.Process(GroupGraph.Define("other", g => g.Input(
            "in", Codec.Int64, (_, _) => { }, new InputOptions { Errors = ErrorPolicy.DeadLetterTo("compacted") })));

        (await Should.ThrowAsync<StartupException>(() => back.Ready.WaitAsync(Patience))).Problems.ShouldHaveSingleItem()
            .ShouldBe("Dead letters of 'counts' would go to 'in', which is its own input: name another topic in its error policy.");
        (await Should.ThrowAsync<StartupException>(() => compacted.Ready.WaitAsync(Patience))).Message
            .ShouldContain("Topic 'compacted' has cleanup.policy=compact, expected delete.");
    }

    [Fact]
    public void Dead_letter_that_may_not_be_written_must_wait_for_the_permission_and_be_seen_to()
    {
        Kafka.CreateTopic("out", Partitions);
        Kafka.CreateTopic(Letters, Partitions);
        var processor = Goka.Process(Echo(ErrorPolicy.DeadLetter));
        Kafka.FailSends(Letters, new KafkaFault("TopicAuthorizationFailed", "not allowed", FaultKind.Permanent), count: 5);
        SendTo(1, "key", Bad(Stage.Callback, 1));

        Eventually(() => processor.Troubles.ShouldContain(t => t.What == "partition 1" && t.Reason.Contains("TopicAuthorizationFailed: not allowed")));
        Eventually(() => Kafka.Read(Letters).Count.ShouldBe(1));

        AwaitCommitted();
        processor.Partitions[1].Restarts.ShouldBe(0, "more than a record's own failure may cost");
    }

    [Fact]
    public async Task Record_that_is_too_large_for_a_dead_letter_must_fail_the_processor_with_both_reasons()
    {
        var processor = Goka.Process(GroupGraph.Define(Group, g => g.Input(
            "in", Codec.String, (_, _) => throw new InvalidDataException("never"), new InputOptions { Errors = ErrorPolicy.DeadLetter })));
        SendTo(1, "key", new string('x', 1_000_001));

        var error = await Should.ThrowAsync<ProcessorFailedException>(() => processor.Done.WaitAsync(Patience));

        error.Message.ShouldContain("The dead letter of the record at in[1]@0 cannot be written to 'counts-dlq'");
        error.Message.ShouldContain("MsgSizeTooLarge");
        error.Message.ShouldContain("never");
        processor.Partitions[1].Restarts.ShouldBe(3);
        Kafka.CommittedOffset(Group, "in", 1).GetValueOrDefault().ShouldBe(0);
    }

    [Fact]
    public async Task Configuration_of_a_topic_must_go_over_the_code_and_code_over_the_rest()
    {
        var system = SecondSystem("""goka.processor { on-error = fail, inputs { "in.v2" { on-error { decode = "dead-letter to unreadable" } } } }""");
        Kafka.CreateTopic("in.v2", Partitions);
        var goka = GokaIn(system, Storage);
        var processor = goka.Process(
            GroupGraph.Define(Group, g => g
                .Input("in.v2", Codec.Int64, (_, _) => throw new InvalidDataException("never"), new InputOptions { Errors = ErrorPolicy.Fail })
                .Input("in", Codec.Int64, (_, _) => throw new InvalidDataException("never"))),
            new ProcessorOptions { Errors = new ErrorPolicies { Callback = ErrorPolicy.Skip } });
        Kafka.Append("in.v2", 0, "key", "unreadable");
        SendTo(0, "key", "1");
        AwaitCommitted();
        AwaitCommitted(topic: "in.v2");

        Kafka.Read("unreadable", 0).Select(r => r.Text).ShouldBe(["unreadable"]);
        Kafka.Append("in.v2", 0, "key", "1");

        (await Should.ThrowAsync<ProcessorFailedException>(() => processor.Done.WaitAsync(Patience))).Message.ShouldContain("in.v2[0]@1");
    }

    static string? Told(KafkaRecord letter, string header) => letter.Headers.GetString(header);

    static string Bad(Stage stage, int i) => $"{stage}-{i}";

    /// <summary>Passes numbers on; text that names a stage fails there.</summary>
    static GroupGraph<Stateless> Echo(ErrorPolicy policy) => GroupGraph.Define(Group, g => g
        .Input("in", new Picky(), (ctx, text) =>
        {
            if (text.StartsWith(nameof(Stage.Callback), StringComparison.Ordinal))
                throw new InvalidDataException("the callback does not like it");
            if (text.StartsWith(nameof(Stage.Emit), StringComparison.Ordinal))
                ctx.Emit("out", ctx.Key, new string('x', 1_000_001));
            ctx.Emit("out", ctx.Key, text);
        }, new InputOptions { Errors = policy })
        .Output("out", Codec.String));

    sealed class Picky : ICodec<string>
    {
        public bool IsImmutable => true;

        public string Decode(ReadOnlySpan<byte> data)
        {
            var text = Encoding.UTF8.GetString(data);
            return text.StartsWith(nameof(Stage.Decode), StringComparison.Ordinal) ? throw new FormatException("cannot be read") : text;
        }

        public void Encode(string value, System.Buffers.IBufferWriter<byte> output) => Codec.String.Encode(value, output);
    }
}
