namespace GokaAkka.Tests.Processing;

public sealed class ContextTests
{
    [Fact]
    public void A_record_without_time_and_headers_has_null_and_none()
    {
        using var rig = TaskRig<Stateless>.Of(g => g.Input("in", Codec.String, (ctx, _) =>
        {
            ctx.Timestamp.ShouldBeNull();
            ctx.Headers.ShouldBeEmpty();
        }));
        var batch = new RecordBatch("in", 2, TaskRig<Stateless>.Generation);
        batch.Add(0, -1, ""u8, ""u8, false);
        rig.Task.Add(batch);

        rig.Run();

        rig.Task.TakeProcessed().ShouldBe(1);
    }

    [Fact]
    public void A_mutable_value_changed_without_SetValue_changes_nothing()
    {
        var seen = new List<string>();
        using var rig = TaskRig<List<int>>.Of(g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                var list = ctx.Value ?? [];
                seen.Add(string.Join(",", list));
                list.Add(1);
                if (text != "set")
                    return;
                ctx.SetValue(list);
                list.Add(2);
                ctx.Value!.Add(3);
            })
            .Persist(Codec.Json<List<int>>()));

        rig.Feed("in", ("k", ""), ("k", "set"), ("k", ""), ("k", "")).Run();

        seen.ShouldBe(["", "", "1", "1"]);
    }

    [Theory]
    [InlineData("emit", "The output 'out' takes values of type String, not Int32.")]
    [InlineData("loop", "The loop 'group-loop' takes values of type Int64, not String.")]
    public void Writing_a_value_of_another_type_names_both_types(string how, string expected)
    {
        using var rig = TaskRig<Stateless>.Of(g => g
            .Input("in", Codec.String, (ctx, _) =>
            {
                if (how == "emit")
                    ctx.Emit("out", "k", 42);
                else
                    ctx.Loopback("k", "text");
            })
            .Output("out", Codec.String)
            .Loop(Codec.Int64, (_, _) => { }));

        var error = Should.Throw<RecordException>(() => rig.Feed("in", ("k", "")).Run());

        error.InnerException!.Message.ShouldBe(expected);
        rig.Sender.Sent.ShouldBeEmpty();
    }
}
