namespace GokaAkka.Tests.Processing;

public sealed class ContextTests
{
    [Fact]
    public void A_callback_sees_the_records_fields()
    {
        using var rig = TaskRig<Stateless>.Of(g => g.Input("in", Codec.String, (ctx, text) =>
        {
            text.ShouldBe("v");
            (ctx.Group, ctx.Topic, ctx.Partition, ctx.Offset).ShouldBe(("group", "in", 2, 41L));
            ctx.Key.ToString().ShouldBe("key");
            ctx.KeyBytes.SequenceEqual("key"u8).ShouldBeTrue();
            ctx.Timestamp.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1234));
            ctx.Headers.GetString("h").ShouldBe("x");
            ctx.Cancellation.IsCancellationRequested.ShouldBeFalse();
        }));
        var batch = new RecordBatch("in", 2, TaskRig<Stateless>.Generation);
        batch.Add(41, 1234, "key"u8, "v"u8, false, Headers.Of("h", "x"));
        rig.Task.Add(batch);

        rig.Run();

        rig.Task.TakeProcessed().ShouldBe(1);
        rig.Commits().ShouldBe("in@42");
    }

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
    public void A_value_set_is_seen_by_the_same_callback_and_by_the_next()
    {
        var seen = new List<string>();
        using var rig = TaskRig<long>.Of(g => g
            .Input("in", Codec.String, (ctx, _) =>
            {
                seen.Add($"{ctx.HasValue} {ctx.Value}");
                ctx.SetValue(ctx.Value + 1);
                seen.Add($"{ctx.HasValue} {ctx.Value}");
                ctx.Delete();
                seen.Add($"{ctx.HasValue} {ctx.Value}");
                ctx.SetValue(10);
            })
            .Persist(Codec.Int64));

        rig.Feed("in", ("k", ""), ("k", "")).Run();

        seen.ShouldBe(["False 0", "True 1", "False 0", "True 10", "True 11", "False 0"]);
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
    [InlineData("", "Cannot emit to a topic without a name.")]
    [InlineData("group-loop", "Cannot emit to the group's loop 'group-loop'; use Loopback.")]
    [InlineData("group-table", "Cannot emit to the group's table 'group-table'; use SetValue.")]
    [InlineData("other", "Topic 'other' is not an output of group 'group'; add Output(\"other\", …) to its graph. Outputs are: out.")]
    [InlineData("in", "Topic 'in' is not an output of group 'group'; add Output(\"in\", …) to its graph. Outputs are: out.")]
    public void Emitting_where_the_graph_does_not_say_fails_and_names_what_to_do(string topic, string expected)
    {
        using var rig = TaskRig<long>.Of(g => g
            .Input("in", Codec.String, (ctx, _) => ctx.Emit(topic, "k", "v"))
            .Output("out", Codec.String)
            .Loop(Codec.String, (_, _) => { })
            .Persist(Codec.Int64));

        var error = Should.Throw<RecordException>(() => rig.Feed("in", ("k", "")).Run());

        error.InnerException.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe(expected);
        rig.Sender.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void Emitting_a_value_of_another_type_names_both_types()
    {
        using var rig = TaskRig<Stateless>.Of(g => g
            .Input("in", Codec.String, (ctx, _) => ctx.Emit("out", "k", 42))
            .Output("out", Codec.String));

        var error = Should.Throw<RecordException>(() => rig.Feed("in", ("k", "")).Run());

        error.InnerException!.Message.ShouldBe("The output 'out' takes values of type String, not Int32.");
    }

    [Fact]
    public void Looping_back_goes_to_the_loop_by_key_and_its_type_is_checked()
    {
        using var rig = TaskRig<Stateless>.Of(g => g
            .Input("in", Codec.String, (ctx, text) =>
            {
                if (text == "bad")
                    ctx.Loopback("k", "text");
                else
                    ctx.Loopback("alice", 5L);
            })
            .Loop(Codec.Int64, (_, _) => { }));
        rig.Sender.Partitions["group-loop"] = 10;

        rig.Feed("in", ("k", "good")).Run();
        rig.Sender.Sent.Single().ToString().ShouldBe("group-loop[7] alice=5");
        var error = Should.Throw<RecordException>(() => rig.Feed("in", ("k", "bad")).Run());

        error.InnerException!.Message.ShouldBe("The loop 'group-loop' takes values of type Int64, not String.");
    }

    [Fact]
    public void Looping_back_without_a_loop_says_so()
    {
        using var rig = TaskRig<Stateless>.Of(g => g.Input("in", Codec.String, (ctx, _) => ctx.Loopback("k", "v")));

        Should.Throw<RecordException>(() => rig.Feed("in", ("k", "")).Run())
            .InnerException!.Message.ShouldBe("Group 'group' has no loop; add Loop to its graph.");
    }

    [Fact]
    public void A_stateless_group_has_no_value_to_read_set_or_delete()
    {
        var errors = new List<string>();
        using var rig = TaskRig<Stateless>.Of(g => g.Input("in", Codec.String, (ctx, text) =>
        {
            foreach (var use in new Action[] { () => _ = ctx.Value, () => _ = ctx.HasValue, () => ctx.SetValue(default), () => ctx.Delete() })
                errors.Add(Should.Throw<InvalidOperationException>(use).Message);
        }));

        rig.Feed("in", ("k", "")).Run();

        errors.ShouldAllBe(e => e.EndsWith("group 'group' is stateless; add Persist to its graph."));
        errors.Select(e => e.Split(' ')[1]).ShouldBe(["read", "read", "set", "delete"]);
    }

    [Fact]
    public void A_null_value_cannot_be_set()
    {
        using var rig = TaskRig<string>.Of(g => g.Input("in", Codec.String, (ctx, _) => ctx.SetValue(null!)).Persist(Codec.String));

        Should.Throw<RecordException>(() => rig.Feed("in", ("k", "")).Run())
            .InnerException.ShouldBeOfType<ArgumentNullException>().Message.ShouldStartWith("The table's value cannot be null; use Delete");
    }

    [Theory]
    [InlineData(NullHandling.Ignore, "")]
    [InlineData(NullHandling.Process, "null")]
    [InlineData(NullHandling.Decode, "''")]
    public void Null_values_are_handled_as_the_input_says_and_committed(NullHandling nulls, string expected)
    {
        var seen = new List<string>();
        using var rig = TaskRig<Stateless>.Of(g => g.Input(
            "in", Codec.String, (_, text) => seen.Add(text is null ? "null" : $"'{text}'"), new InputOptions { Nulls = nulls }));

        rig.Feed("in", ("k", null)).Run();

        string.Join(" ", seen).ShouldBe(expected);
        rig.Commits().ShouldBe("in@1");
    }

    [Fact]
    public void An_empty_value_is_no_null_value()
    {
        var seen = new List<string>();
        using var rig = TaskRig<Stateless>.Of(g => g.Input("in", Codec.String, (_, text) => seen.Add(text)));

        rig.Feed("in", ("k", "")).Run();

        seen.ShouldBe([""]);
    }
}
