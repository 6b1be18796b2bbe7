namespace GokaAkka.Tests.WithTester;

public class PropagationTests
{
    static readonly Table<string> Names = new("names", Codec.String);

    static GroupGraph<Stateless> Greeter() => GroupGraph.Define("greeter", g => g
        .Input("visits", Codec.String, (ctx, friend) =>
            ctx.Emit("greetings", ctx.Key, $"{ctx.Join(Names) ?? "nobody"} meets {ctx.Lookup(Names, friend) ?? "nobody"}"))
        .Join(Names)
        .Lookup(Names)
        .Output("greetings", Codec.String));

    [Fact]
    public void Joins_and_lookups_must_see_what_was_set_before()
    {
        var tester = new Tester(new TesterOptions { Partitions = 4 });
        tester.SetTableValue(Names, "a", "Alice");
        tester.Process(Greeter());
        var greetings = tester.Track<string>("greetings");

        tester.Consume("visits", "a", "b");
        tester.SetTableValue(Names, "b", "Bob");
        tester.Consume("visits", "a", "b");
        tester.DeleteTableValue("names", "a");
        tester.Consume("visits", "a", "b");

        greetings.Rest().Select(r => r.Value).ShouldBe(["Alice meets nobody", "Alice meets Bob", "nobody meets Bob"]);
    }

    [Fact]
    public void A_joined_table_must_come_through_its_changelog_and_not_from_a_shared_store()
    {
        // Both are nodes of the tester, yet what one sets does not reach the other when its changelog record is not written.
        var tester = new Tester(new TesterOptions { OnError = ErrorPolicy.Fail, FlushWhenSettled = false });
        var counter = Graphs.Counter();
        tester.Process(counter);
        tester.Process(GroupGraph.Define("joiner", g => g
            .Input("questions", Codec.String, (ctx, _) => ctx.Emit("answers", ctx.Key, ctx.Join(counter.Table)))
            .Join(counter.Table)
            .Output("answers", Codec.Int64)));
        var answers = tester.Track<long>("answers");
        tester.Consume("in", "k", "v");
        tester.Consume("questions", "k", "?");

        tester.Faults.FailSends("counter-table", count: 100);
        var table = tester.Track(counter.Table);
        Should.Throw<TesterException>(() => tester.Consume("in", "k", "v"));
        tester.Consume("questions", "k", "?");

        table.Next().ShouldBeNull();
        answers.Rest().Select(r => r.Value).ShouldBe([1, 1]);
    }

    [Fact]
    public void A_view_must_merge_its_partitions_in_byte_order_and_take_ranges()
    {
        var tester = new Tester(new TesterOptions { Partitions = 6 });
        var view = tester.View(Names);
        foreach (var key in new[] { "d", "a", "c", "b", "e" })
            tester.SetTableValue(Names, key, key.ToUpperInvariant());

        Read(view, KeyRange.All).ShouldBe("a=A b=B c=C d=D e=E");
        Read(view, KeyRange.Between("b", "d")).ShouldBe("b=B c=C");
        view.Get("c").ShouldBe("C");
        view.Has("x").ShouldBeFalse();
        view.Dispose();
        Should.Throw<ObjectDisposedException>(() => view.Get("c"));
    }

    [Fact]
    public void A_view_must_do_with_records_what_its_update_says()
    {
        var tester = new Tester();
        var view = tester.View(Names, (in context, table, key, value) =>
            table.Set(key, [.. table.Get(key) ?? [], .. value ?? "-"u8.ToArray(), (byte)('0' + context.Offset)]));
        tester.SetTableValue(Names, "k", "x");
        tester.SetTableValue(Names, "k", "y");
        tester.DeleteTableValue("names", "k");

        view.Get("k").ShouldBe("x0y1-2");
    }

    [Fact]
    public void A_message_of_an_emitter_must_have_settled_when_Emit_returns()
    {
        var tester = new Tester(new TesterOptions { Partitions = 2 });
        tester.Process(Graphs.Shouter());
        var emitter = tester.Emitter(new Stream<string>("in", Codec.String), Headers.Of("by", "test"));
        var read = tester.Track<string>("in");
        var written = tester.Track<string>("out");

        var emit = emitter.Emit("k", "hello", Headers.Of("to", "all"));

        emit.IsCompletedSuccessfully.ShouldBeTrue();
        written.Next().ShouldNotBeNull().Value.ShouldBe("HELLO");
        read.Next().ShouldNotBeNull().Headers.ToString().ShouldBe("by=test, to=all");
    }

    [Fact]
    public async Task A_message_that_a_callback_emits_through_an_emitter_must_not_stop_it()
    {
        var tester = new Tester();
        var emitter = tester.Emitter(new Stream<string>("side", Codec.String));
        tester.Process(Graphs.Waiter(async (ctx, text) => await emitter.Emit(ctx.Key, text)));
        var side = tester.Track<string>("side");

        tester.Consume("in", "k", "hello");
        await emitter.Flush();

        side.Next().ShouldNotBeNull().Value.ShouldBe("hello");
        tester.CommittedOffset("waiter", "in").ShouldBe(1);
    }

    static string Read(TesterView<string> view, KeyRange range)
    {
        using var iterator = view.Iterate(range);
        var read = new List<string>();
        while (iterator.Next())
            read.Add($"{iterator.Key}={iterator.Value}");
        return string.Join(' ', read);
    }
}
