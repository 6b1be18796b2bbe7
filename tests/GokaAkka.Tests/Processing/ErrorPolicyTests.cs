namespace GokaAkka.Tests.Processing;

public sealed class ErrorPolicyTests
{
    [Fact]
    public void A_store_that_fails_is_no_reason_to_pass_over_records()
    {
        using var rig = new TaskRig<long>(GroupGraph.Define("group", Graphs.Counting), ErrorPolicy.Skip, store: new UnreadableStore());

        var error = Should.Throw<RecordException>(() => rig.Feed("in", ("k", "")).Run());

        error.Stage.ShouldBe(ProcessingStage.Storage);
        error.Message.ShouldContain("the local store failed for the record at in[2]@0");
        rig.Skipped.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(FaultKind.Retriable, false)]
    [InlineData(FaultKind.Fatal, false)]
    [InlineData(FaultKind.Permanent, false)]
    [InlineData(FaultKind.Record, true)]
    [InlineData(null, false)]
    public void A_broker_that_fails_or_a_producer_that_is_being_replaced_is_no_reason_to_pass_over_records_but_a_refused_one_is(FaultKind? kind, bool skipped)
    {
        using var rig = TaskRig<Stateless>.Of(
            g => g.Input("in", Codec.String, (ctx, _) => ctx.Emit("out", "k", "v")).Output("out", Codec.String), ErrorPolicy.Skip);
        rig.Sender.Refuse = _ => kind is { } fault ? new KafkaFaultException("Not sent", new KafkaFault("Code", "reason", fault)) : new ObjectDisposedException("producer");

        if (skipped)
        {
            rig.Feed("in", ("k", "")).Run();
        }
        else
        {
            var error = Should.Throw<RecordException>(() => rig.Feed("in", ("k", "")).Run());
            error.Stage.ShouldBe(ProcessingStage.Emit);
            ErrorRules.IsPassing(error).ShouldBeTrue();
        }

        rig.Skipped.Count.ShouldBe(skipped ? 1 : 0);
    }

    sealed class UnreadableStore() : ForwardingStorage(new MemoryStorage())
    {
        public override byte[]? Get(ReadOnlySpan<byte> key) => throw new StorageException("The disk is gone.");
    }
}
