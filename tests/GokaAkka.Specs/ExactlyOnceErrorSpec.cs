namespace GokaAkka.Specs;

/// <summary>Error policies with delivery exactly-once: a dead letter is there once, and what is torn is taken back.</summary>
public sealed class ExactlyOnceErrorSpec(ITestOutputHelper output) : GokaSpec(
    output,
    """
    goka.processor {
      delivery = exactly-once
      transaction { commit-interval = 20ms, timeout = 2s, id = one }
      retry { min-backoff = 1ms, max-backoff = 5ms }
    }
    """)
{
    const string Letters = "counts-dlq";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dead_letters_must_be_there_once_with_the_offsets_of_their_records(bool commitFails)
    {
        var processor = await Goka.Process(GroupGraph.Define<long>(Group, g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                ctx.SetValue(ctx.Value + 1);
                if (text == "bad")
                    throw new InvalidDataException("never");
            }, new InputOptions { Errors = ErrorPolicy.DeadLetter.AfterRetries(1) })
            .Persist(Codec.Int64))).Running();
        // No transaction that has a dead letter ends before the letter is acknowledged.
        using var hold = commitFails ? Kafka.HoldAcks(Letters) : null;
        var home = PartitionOf("alice");
        for (var i = 0; i < 10; i++)
            SendTo(home, "alice", i % 3 == 1 ? "bad" : "good");
        if (commitFails)
        {
            Eventually(() => Kafka.ReadLog(Letters).ShouldNotBeEmpty());
            Kafka.FailTransactionCommit(new KafkaFault("Test", "what became of it?", FaultKind.AbortsTransaction), takesEffect: false);
            hold!.Dispose();
        }

        AwaitCommitted();

        Kafka.Read(Letters).Select(r => r.Headers.GetString(DeadLetterHeaders.Offset)).ShouldBe(["1", "4", "7"]);
        if (commitFails)
            Kafka.ReadLog(Letters).Count(r => r.Value is not null).ShouldBeGreaterThan(3, "what was aborted is there, and nobody sees it");
        Eventually(() => processor.Partitions[home].State.ShouldBe(PartitionState.Running));
        (await processor.Get("alice")).ShouldBe(7);
    }

    [Fact]
    public async Task Record_of_which_some_was_sent_and_the_rest_refused_must_cost_the_transaction_and_not_be_passed_over()
    {
        Kafka.CreateTopic("out", Partitions);
        var calls = 0;
        var processor = await Goka.Process(GroupGraph.Define(Group, g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                ctx.Emit("out", "k", $"first of {text}");
                ctx.Emit("out", "k", Interlocked.Increment(ref calls) == 2 ? new string('x', 1_000_001) : $"second of {text}");
            }, new InputOptions { Errors = ErrorPolicy.Skip })
            .Output("out", Codec.String))).Running();
        SendTo(0, "k", "a");
        SendTo(0, "k", "b");

        AwaitCommitted();

        Kafka.Read("out").Select(r => r.Text).ShouldBe(["first of a", "second of a", "first of b", "second of b"]);
        processor.Partitions[0].Skipped.ShouldBe(0);
        processor.Partitions[0].Restarts.ShouldBe(1);
    }
}
