namespace GokaAkka.Tests.Processing;

public sealed class EffectsTests
{
    [Fact]
    public void An_emit_goes_to_the_partition_of_its_key_and_keeps_headers_and_order()
    {
        using var rig = TaskRig<Stateless>.Of(g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                ctx.Emit("out", "alice", text, Headers.Of("h", "1"));
                ctx.Emit<string?>("out", "bob", null);
                ctx.Emit("out", "", "");
            })
            .Output("out", Codec.String));
        rig.Sender.Partitions["out"] = 10;

        rig.Feed("in", ("k", "hello")).Run();

        rig.Sender.Sent.Select(r => r.ToString()).ShouldBe(["out[7] alice=hello", "out[2] bob=null", "out[5] ="]);
        rig.Sender.Sent[0].Headers!.GetString("h").ShouldBe("1");
        rig.Sender.Sent[1].Headers.ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_callback_that_fails_leaves_nothing(bool byFail)
    {
        using var rig = TaskRig<long>.Of(g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                ctx.SetValue(ctx.Value + 1);
                ctx.Emit("out", "a", "b");
                if (text == "bad" && byFail)
                    ctx.Fail(new InvalidDataException("no good"));
                if (text == "bad")
                    throw new InvalidDataException("no good");
            })
            .Output("out", Codec.String)
            .Persist(Codec.Int64));

        var error = Should.Throw<RecordException>(() => rig.Feed("in", ("k", "good"), ("k", "bad"), ("k", "good")).Run());

        error.Message.ShouldBe("Group 'group': the callback failed for the record at in[2]@1, key 'k': no good");
        error.InnerException.ShouldBeOfType<InvalidDataException>();
        (error.Topic, error.Partition, error.Offset, error.Stage).ShouldBe(("in", 2, 1L, ProcessingStage.Callback));
        rig.Sender.Sent.Select(r => (r.ToString(), r.Timestamp)).ShouldBe([("group-table[2] k=1", TaskRig<long>.Now), ("out[0] a=b", TaskRig<long>.Now)]);
        rig.Value("k").ShouldBe(1);
    }

    [Fact]
    public void Nothing_is_sent_before_the_callback_has_ended()
    {
        FakeSender? sender = null;
        var seen = -1;
        using var rig = TaskRig<long>.Of(g => g
            .Input("in", Codec.String, (ctx, _) =>
            {
                ctx.SetValue(1);
                ctx.Emit("out", "a", "b");
                seen = sender!.Sent.Count;
            })
            .Output("out", Codec.String)
            .Persist(Codec.Int64));
        sender = rig.Sender;

        rig.Feed("in", ("k", "")).Run();

        (seen, rig.Sender.Sent.Count).ShouldBe((0, 2));
    }

    [Fact]
    public void A_refused_record_behind_a_sent_table_record_leaves_table_and_changelog_alike()
    {
        using var rig = TaskRig<long>.Of(
            g => g
                .Input("in", Codec.String, (ctx, _) =>
                {
                    ctx.SetValue(1);
                    ctx.SetValue(2);
                    ctx.Emit("out", "a", "far too large");
                    ctx.SetValue(3);
                })
                .Output("out", Codec.String)
                .Persist(Codec.Int64),
            ErrorPolicy.Skip);
        rig.Sender.Refuse = r => r.Topic == "out" ? FakeSender.TooLarge : null;

        rig.Feed("in", ("k", "")).Run();

        rig.Skipped.Single().Stage.ShouldBe(ProcessingStage.Emit);
        rig.Sender.Sent.Select(r => r.Text).ShouldBe(["1", "2"]);
        rig.Value("k").ShouldBe(2);
        rig.Task.BeginFlush();
        rig.Sender.AckAll();
        rig.WriteFlush().ShouldBeTrue();
        rig.Stored("k").ShouldBe("2");
        rig.Store.Position.NextOffset.ShouldBe(102);
        rig.Store.Position.Fingerprint.ShouldBe(KeyHash.Fingerprint("k"u8, "2"u8, false));
    }

    [Fact]
    public void A_refused_table_record_does_not_lend_its_fingerprint_to_the_one_before()
    {
        using var rig = TaskRig<string>.Of(
            g => g.Input("in", Codec.String, (ctx, text) => ctx.SetValue(text)).Persist(Codec.String), ErrorPolicy.Skip);
        rig.Sender.Refuse = r => r.Text == "large" ? FakeSender.TooLarge : null;

        rig.Feed("in", ("k", "small"), ("k", "large")).Run();
        rig.Sender.AckAll();
        rig.Task.BeginFlush();
        rig.WriteFlush().ShouldBeTrue();

        rig.Stored("k").ShouldBe("small");
        rig.Store.Position.Fingerprint.ShouldBe(KeyHash.Fingerprint("k"u8, "small"u8, false));
        rig.Commits().ShouldBe("in@2");
    }
}
