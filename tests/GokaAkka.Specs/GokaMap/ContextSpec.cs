namespace GokaAkka.Specs.GokaMap;

/// <summary>What a callback sees and says through its context.</summary>
public sealed class ContextSpec(ITestOutputHelper output) : MapSpec(output)
{
    [Fact]
    public async Task A_context_must_tell_of_the_record_at_hand()
    {
        Kafka.CreateTopic("in", 3);
        var seen = new TaskCompletionSource<string>();
        await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (ctx, value) => seen.TrySetResult(
            $"{ctx.Group} {ctx.Topic} {ctx.Partition} {ctx.Offset} {ctx.Key} {Encoding.UTF8.GetString(ctx.KeyBytes)} {value} {ctx.Timestamp:O} {ctx.Headers} "
            + ctx.Cancellation.IsCancellationRequested))));

        Kafka.Append("in", 2, "k", "v", Header("trace", "7"), timestamp: 1000);

        (await seen.Task.WaitAsync(Patience)).ShouldBe("g in 2 0 k k v 1970-01-01T00:00:01.0000000+00:00 trace=7 False");
    }

    [Fact]
    public async Task A_time_that_is_not_in_milliseconds_must_be_none()
    {
        var seen = new ConcurrentQueue<DateTimeOffset?>();
        var processor = await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (ctx, _) => seen.Enqueue(ctx.Timestamp))));

        foreach (var time in new[] { 1_764_500_000_000_000, 1_764_500_000_000_000_000, 1000 })
            Kafka.Append("in", 0, "k", "v", timestamp: time);

        AwaitCommitted("g", "in", 0, 3);
        seen.ShouldBe([null, null, DateTimeOffset.FromUnixTimeMilliseconds(1000)]);
        processor.Partitions[0].Inputs[0].LastTimestamp.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1000));
    }

    [Fact]
    public async Task A_context_must_tell_which_attempt_at_its_record_it_is()
    {
        var attempts = new List<int>();
        var policy = ErrorPolicy.Fail.AfterRetries(5, TimeSpan.FromMilliseconds(1));
        await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (ctx, _) =>
        {
            attempts.Add(ctx.Attempt);
            if (ctx.Offset == 0 && ctx.Attempt < 3)
                throw new IOException("not yet");
        }, new InputOptions { Errors = policy })));

        Kafka.Append("in", 0, "k", "v");
        Kafka.Append("in", 0, "k", "v");

        AwaitCommitted("g", "in", 0, 2);
        attempts.ShouldBe([1, 2, 3, 1]);
    }

    [Fact]
    public async Task A_record_without_headers_must_have_an_empty_set_of_them()
    {
        var seen = new TaskCompletionSource<Headers>();
        await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (ctx, _) => seen.TrySetResult(ctx.Headers))));

        Kafka.Append("in", 0, "k", "v");

        (await seen.Task.WaitAsync(Patience)).Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_null_key_must_come_as_the_empty_key_and_bytes_that_are_no_text_as_they_are()
    {
        var keys = new List<Key>();
        await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, (ctx, _) => keys.Add(ctx.Key))));

        Kafka.Append("in", 0, null, "v");
        Kafka.Append("in", 0, new Key(new byte[] { 0xff, 0xfe }), "v");

        AwaitCommitted("g", "in", 0, 2);
        keys.ShouldBe([new Key(""), new Key(new byte[] { 0xff, 0xfe })]);
    }

    [Fact]
    public async Task A_value_that_was_set_must_be_read_by_the_same_callback_and_the_next_and_each_set_be_a_record()
    {
        var read = new List<long>();
        await Running(GroupGraph.Define<long>("g", g => g
            .Input("in", Codec.Int64, (ctx, add) =>
            {
                read.Add(ctx.Value);
                ctx.SetValue(ctx.Value + add);
                ctx.SetValue(ctx.Value + add);
                read.Add(ctx.Value);
            })
            .Persist(Codec.Int64)));

        Kafka.Append("in", 0, "k", "1");
        Kafka.Append("in", 0, "k", "10");

        AwaitRecords("g-table", 4).Select(r => r.Text).ShouldBe(["1", "2", "12", "22"]);
        read.ShouldBe([0, 2, 2, 22]);
    }

    [Fact]
    public async Task Changing_a_value_without_setting_it_must_change_nothing()
    {
        var read = new List<int>();
        await Running(GroupGraph.Define<int[]>("g", g => g
            .Input("in", Codec.String, (ctx, command) =>
            {
                if (command == "set")
                    ctx.SetValue([1]);
                ctx.Value![0] = 99;
                read.Add(ctx.Value![0]);
            })
            .Persist(Codec.Json<int[]>())));

        Kafka.Append("in", 0, "k", "set");
        Kafka.Append("in", 0, "k", "read");

        AwaitCommitted("g", "in", 0, 2);
        read.ShouldBe([1, 1]);
    }

    [Fact]
    public async Task Deleting_must_remove_the_value_at_once_and_write_a_tombstone()
    {
        var had = new List<bool>();
        var processor = await Running(GroupGraph.Define<string>("g", g => g
            .Input("in", Codec.String, (ctx, value) =>
            {
                had.Add(ctx.HasValue);
                if (value == "delete")
                    ctx.Delete();
                else
                    ctx.SetValue(value);
                had.Add(ctx.HasValue);
            })
            .Persist(Codec.String)));

        Kafka.Append("in", 0, "k", "v");
        Kafka.Append("in", 0, "k", "delete");

        AwaitRecords("g-table", 2).Select(r => r.Text).ShouldBe(["v", null]);
        AwaitCommitted("g", "in", 0, 2);
        had.ShouldBe([false, true, true, false]);
        (await processor.Has("k")).ShouldBeFalse();
        (await processor.Get("k")).ShouldBeNull();
    }

    [Fact]
    public async Task What_a_callback_emits_must_arrive_in_order_with_key_value_and_headers()
    {
        await Running(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, value) =>
            {
                ctx.Emit("out", ctx.Key, value + "1", Header("n", "1"));
                ctx.Emit("out", "", value + "2");
                ctx.Emit<string?>("out", "gone", null!);
            })
            .Output("out", Codec.String)));

        Kafka.Append("in", 0, "k", "v");

        var records = AwaitRecords("out", 3);
        records.Select(r => $"{r.Key}={r.Text ?? "null"}").ShouldBe(["k=v1", "=v2", "gone=null"]);
        records[0].Headers.GetString("n").ShouldBe("1");
    }

    [Fact]
    public async Task What_is_looped_back_must_be_handled_by_the_partition_of_its_key()
    {
        Kafka.CreateTopic("in", 10);
        var seen = new TaskCompletionSource<string>();
        await Running(GroupGraph.Define("g", g => g
            .Input("in", Codec.String, (ctx, value) => ctx.Loopback("alice", value, Header("from", ctx.Key.ToString())))
            .Loop(Codec.String, (ctx, value) => seen.TrySetResult($"{ctx.Topic} {ctx.Partition} {ctx.Key} {value} {ctx.Headers}"))));

        Kafka.Append("in", 6, "a", "hello");

        (await seen.Task.WaitAsync(Patience)).ShouldBe("g-loop 7 alice hello from=a");
    }

    [Theory]
    [InlineData("", "Cannot emit to a topic without a name.")]
    [InlineData("g-loop", "Cannot emit to the group's loop 'g-loop'; use Loopback.")]
    [InlineData("g-table", "Cannot emit to the group's table 'g-table'; use SetValue.")]
    [InlineData("elsewhere", "Topic 'elsewhere' is not an output of group 'g'; add Output(\"elsewhere\", …) to its graph. Outputs are: out.")]
    [InlineData("in", "Topic 'in' is not an output of group 'g'; add Output(\"in\", …) to its graph. Outputs are: out.")]
    public async Task Emitting_where_it_is_not_allowed_must_fail_the_record_and_say_why(string topic, string why)
    {
        var processor = await Running(GroupGraph.Define<string>("g", g => g
            .Input("in", Codec.String, (ctx, value) => ctx.Emit(topic, ctx.Key, value), new InputOptions { Errors = ErrorPolicy.Fail })
            .Output("out", Codec.String)
            .Loop(Codec.String, (_, _) => { })
            .Persist(Codec.String)));

        Kafka.Append("in", 0, "k", "v");

        (await Should.ThrowAsync<Exception>(processor.Done.WaitAsync(Patience))).Message.ShouldContain(why);
        Committed("g", "in").ShouldBe(0);
        Kafka.Read("out").Concat(Kafka.Read("g-loop")).Concat(Kafka.Read("g-table")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("set", "Cannot set a value: group 'g' is stateless; add Persist to its graph.")]
    [InlineData("read", "Cannot read a value: group 'g' is stateless; add Persist to its graph.")]
    [InlineData("has", "Cannot read a value: group 'g' is stateless; add Persist to its graph.")]
    [InlineData("delete", "Cannot delete a value: group 'g' is stateless; add Persist to its graph.")]
    [InlineData("loop", "Group 'g' has no loop; add Loop to its graph.")]
    [InlineData("join", "is not joined")]
    [InlineData("lookup", "is not looked up")]
    public async Task What_the_graph_does_not_have_must_fail_the_record_and_name_the_edge(string what, string why)
    {
        var processor = await Running(GroupGraph.Define<string>("g", g => g.Input(
            "in", Codec.String, (ctx, value) => Do(ctx, value), new InputOptions { Errors = ErrorPolicy.Fail })));

        Kafka.Append("in", 0, "k", what);

        (await Should.ThrowAsync<Exception>(processor.Done.WaitAsync(Patience))).Message.ShouldContain(why);

        static object? Do(IContext<string> ctx, string what)
        {
            switch (what)
            {
                case "set": ctx.SetValue("x"); break;
                case "read": return ctx.Value;
                case "has": return ctx.HasValue;
                case "delete": ctx.Delete(); break;
                case "loop": ctx.Loopback("k", "x"); break;
                case "join": return ctx.Join<string>("t");
                case "lookup": return ctx.Lookup<string>("t", "k");
            }

            return null;
        }
    }

    [Fact]
    public async Task Setting_a_null_value_must_fail_the_record()
    {
        var processor = await Running(GroupGraph.Define<string>("g", g => g
            .Input("in", Codec.String, (ctx, _) => ctx.SetValue(null!), new InputOptions { Errors = ErrorPolicy.Fail })
            .Persist(Codec.String)));

        Kafka.Append("in", 0, "k", "v");

        var error = await Should.ThrowAsync<ProcessorFailedException>(processor.Done.WaitAsync(Patience));
        error.GetBaseException().ShouldBeOfType<ArgumentNullException>().Message.ShouldStartWith("The table's value cannot be null; use Delete");
    }

    [Fact]
    public async Task Headers_given_with_a_write_must_lie_over_the_default_ones_on_outputs_loops_and_table_records_alike()
    {
        var defaults = Header("app", "shop").With("region", Utf8("eu"));
        var over = Header("region", "us").With("x", Utf8("1"));
        await Running(
            GroupGraph.Define<string>("g", g => g
                .Input("in", Codec.String, (ctx, value) =>
                {
                    ctx.SetValue(value, over);
                    ctx.Delete(over);
                    ctx.Emit("out", ctx.Key, value, over);
                    ctx.Loopback(ctx.Key, value, over);
                    ctx.Emit("out", ctx.Key, value);
                })
                .Loop(Codec.String, (_, _) => { })
                .Output("out", Codec.String)
                .Persist(Codec.String)),
            new() { DefaultHeaders = defaults });

        Kafka.Append("in", 0, "k", "v");

        const string Merged = "app=shop, region=us, x=1";
        AwaitRecords("out", 2).Select(r => r.Headers.ToString()).ShouldBe([Merged, "app=shop, region=eu"]);
        AwaitRecords("g-table", 2).Select(r => r.Headers.ToString()).ShouldBe([Merged, Merged]);
        AwaitRecords("g-loop", 1)[0].Headers.ToString().ShouldBe(Merged);
    }

    [Fact]
    public async Task Every_call_must_get_the_context_that_the_middleware_made_of_it_visits_too()
    {
        var calls = new List<string>();
        var processor = await Running(GroupGraph.Define<string>("g", g => g
            .Input("in", Codec.String, (ctx, value) => ctx.SetValue(value))
            .Visitor<int>("look", (_, _) => { })
            .Persist(Codec.String)
            .Use(ctx =>
            {
                calls.Add("inner " + ctx.Topic);
                return ctx;
            })
            .Use(ctx =>
            {
                calls.Add("outer " + ctx.Topic);
                return ctx;
            })));

        Kafka.Append("in", 0, "k", "v");
        AwaitCommitted("g", "in", 0, 1);
        await processor.VisitAll("look", 0).WaitAsync(Patience);

        calls.ShouldBe(["inner in", "outer in", "inner look", "outer look"]);
    }

    [Fact]
    public async Task A_wrapped_context_must_do_what_it_overrides_and_hand_on_the_rest()
    {
        await Running(GroupGraph.Define<string>("g", g => g
            .Input("in", Codec.String, (ctx, value) =>
            {
                ctx.SetValue(value);
                ctx.Emit("out", ctx.Key, ctx.Value!, Header("own", "1"));
            })
            .Output("out", Codec.String)
            .Persist(Codec.String)
            .Use(ctx => new Tracing(ctx))));

        Kafka.Append("in", 0, "k", "v");

        var record = AwaitRecords("out", 1).Single();
        (record.Key.ToString(), record.Text, record.Headers.ToString()).ShouldBe(("k", "v", "own=1, trace=in/0"));
        AwaitRecords("g-table", 1).Single().Text.ShouldBe("v");
    }

    /// <summary>Says in the headers of what is emitted which record it came from.</summary>
    sealed class Tracing(IContext<string> inner) : ContextWrapper<string>(inner)
    {
        public override void Emit<T>(string topic, Key key, T value, Headers? headers = null) =>
            base.Emit(topic, key, value, (headers ?? Headers.Empty).Merged(Header("trace", $"{Topic}/{Offset}")));
    }

    [Fact]
    public async Task A_context_that_is_kept_must_say_that_its_callback_has_ended()
    {
        IContext<string>? kept = null;
        await Running(GroupGraph.Define<string>("g", g => g
            .Input("in", Codec.String, (ctx, _) => kept = ctx)
            .Output("out", Codec.String)
            .Loop(Codec.String, (_, _) => { })
            .Persist(Codec.String)));
        Kafka.Append("in", 0, "k", "v");
        AwaitCommitted("g", "in", 0, 1);

        foreach (var use in new Action<IContext<string>>[]
        {
            c => _ = c.Value, c => _ = c.HasValue, c => c.SetValue("late"), c => c.Delete(), c => c.Emit("out", "k", "late"), c => c.EmitNull("out", "k"),
            c => c.Loopback("k", "late"), c => c.DeferCommit(),
        })
            Should.Throw<InvalidOperationException>(() => use(kept!)).Message.ShouldContain("callback of group 'g' has ended");

        Kafka.Append("in", 0, "k", "v");
        AwaitCommitted("g", "in", 0, 2);
        (Kafka.Read("out").Count, Kafka.Read("g-table").Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_context_that_is_kept_must_not_become_the_next_record_s()
    {
        IContext<string>? kept = null;
        IBatchContext? keptBatch = null;
        var refused = new ConcurrentQueue<string>();
        await Running(GroupGraph.Define<string>("g", g => g
            .Input("in", Codec.String, (ctx, value) =>
            {
                if (value == "second")
                    Refused(() => kept!.SetValue("of the second"));
                kept ??= ctx;
            })
            .InputBatch("batch", Codec.String, (ctx, messages) =>
            {
                if (messages[0].Value == "second")
                    Refused(() => keptBatch!.DeferCommit());
                keptBatch ??= ctx;
                return default;
            })
            .Persist(Codec.String)));

        foreach (var topic in new[] { "in", "batch" })
        {
            Kafka.Append(topic, 0, "k1", "first");
            AwaitCommitted("g", topic, 0, 1);
            Kafka.Append(topic, 0, "k2", "second");
            AwaitCommitted("g", topic, 0, 2);
        }

        refused.Count.ShouldBe(2);
        refused.ShouldAllBe(static message => message.Contains("callback of group 'g' has ended"));
        Kafka.Read("g-table").ShouldBeEmpty();

        void Refused(Action use) => refused.Enqueue(Should.Throw<InvalidOperationException>(use).Message);
    }

    [Fact]
    public async Task An_asynchronous_callback_must_hear_that_its_processor_stops()
    {
        var begun = new TaskCompletionSource();
        var processor = await Running(GroupGraph.Define("g", g => g.Input("in", Codec.String, async (ctx, _) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, ctx.Cancellation);
        })));
        Kafka.Append("in", 0, "k", "v");
        await begun.Task.WaitAsync(Patience);

        await processor.Stop().WaitAsync(Patience);

        Committed("g", "in").ShouldBe(0);
    }
}
