namespace GokaAkka.Tests.WithTester;

public class AsyncTests
{
    readonly Tester _tester = new();

    [Fact]
    public void A_callback_that_waits_for_the_virtual_clock_must_take_no_time()
    {
        var began = _tester.Time.GetUtcNow();
        var threads = new HashSet<int>();
        _tester.Process(Graphs.Waiter(async (_, _) =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Delay(TimeSpan.FromHours(2), _tester.Time);
            threads.Add(Environment.CurrentManagedThreadId);
        }));

        _tester.Consume("in", "k", "v");

        _tester.CommittedOffset("waiter", "in").ShouldBe(1);
        (_tester.Time.GetUtcNow() - began).ShouldBe(TimeSpan.FromHours(2));
        threads.ShouldBe([Environment.CurrentManagedThreadId]);
    }

    [Fact]
    public void A_callback_that_is_left_waiting_must_hold_up_its_partition_and_go_on_with_the_clock()
    {
        var ended = new List<string>();
        _tester.Process(Graphs.Waiter(async (_, text) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(10), _tester.Time);
            ended.Add(text);
        }));
        _tester.Append("in", "k", "one");
        _tester.Append("in", "k", "two");

        _tester.Run();
        ended.ShouldBeEmpty();
        _tester.Advance(TimeSpan.FromSeconds(10));
        ended.ShouldBe(["one"]);
        _tester.Advance(TimeSpan.FromSeconds(9));
        ended.ShouldBe(["one"]);
        _tester.Advance(TimeSpan.FromSeconds(1));
        ended.ShouldBe(["one", "two"]);
        _tester.CommittedOffset("waiter", "in").ShouldBe(2);
    }

    [Fact]
    public void Concurrent_callbacks_must_end_in_any_order_and_commit_in_theirs()
    {
        var gates = new Dictionary<string, TaskCompletionSource>();
        var ended = new List<string>();
        _tester.Process(Graphs.Waiter(
            async (_, text) =>
            {
                await (gates[text] = new TaskCompletionSource()).Task;
                ended.Add(text);
            },
            new InputOptions { Concurrency = 3 }));
        foreach (var text in new[] { "one", "two", "three" })
            _tester.Append("in", $"key of {text}", text);

        _tester.Run();
        gates.Count.ShouldBe(3);
        gates["three"].SetResult();
        gates["two"].SetResult();
        _tester.Run();
        ended.ShouldBe(["three", "two"]);
        _tester.CommittedOffset("waiter", "in").ShouldBeNull();
        gates["one"].SetResult();
        _tester.Run();

        _tester.CommittedOffset("waiter", "in").ShouldBe(3);
    }

    [Fact]
    public void A_callback_that_waits_for_another_thread_must_be_waited_for()
    {
        var results = new ConcurrentBag<string>();
        _tester.Process(Graphs.Waiter(async (_, text) => results.Add(await Task.Run(() => text.ToUpperInvariant()).ConfigureAwait(false))));

        _tester.Consume("in", "k", "hello");

        results.ShouldBe(["HELLO"]);
        _tester.CommittedOffset("waiter", "in").ShouldBe(1);
    }

    [Fact]
    public void A_callback_that_never_ends_must_be_named()
    {
        var tester = new Tester(new TesterOptions { CallbackPatience = TimeSpan.FromMilliseconds(50) });
        tester.Process(Graphs.Waiter((_, _) => new ValueTask(new TaskCompletionSource().Task)));

        var error = Should.Throw<TesterException>(() => tester.Consume("in", "alice", "v"));

        error.Message.ShouldContain("group 'waiter': in[0]@0, key 'alice'");
        error.Message.ShouldContain("CallbackPatience");
    }

    [Fact]
    public void A_synchronous_callback_that_blocks_on_asynchronous_work_must_not_hang()
    {
        var seen = "";
        _tester.Process(Graphs.Reader((_, text) => seen = Later(text).GetAwaiter().GetResult()));

        _tester.Consume("in", "k", "hello");

        seen.ShouldBe("hello");

        static async Task<string> Later(string text)
        {
            await Task.Yield();
            return text;
        }
    }

    [Fact]
    public void A_deferred_commit_must_hold_back_its_offset_and_those_behind_it_and_not_Consume()
    {
        var deferred = new List<DeferredCommit>();
        _tester.Process(Graphs.Reader((ctx, text) =>
        {
            if (text == "defer")
                deferred.Add(ctx.DeferCommit());
        }));

        _tester.Consume("in", "k", "plain");
        _tester.Consume("in", "k", "defer");
        _tester.Consume("in", "k", "plain");
        _tester.CommittedOffset("reader", "in").ShouldBe(1);
        deferred.ShouldHaveSingleItem().Complete();
        _tester.Settle();

        _tester.CommittedOffset("reader", "in").ShouldBe(3);
    }

    [Fact]
    public void What_an_asynchronous_callback_sets_must_be_there_for_the_next()
    {
        var tester = new Tester(new TesterOptions { Partitions = 2 });
        tester.Process(GroupGraph.Define<long>("counter", g => g
            .Input("in", Codec.String, async (ctx, _) =>
            {
                var before = ctx.Value;
                await Task.Delay(TimeSpan.FromMilliseconds(1), tester.Time);
                ctx.SetValue(before + 1);
            })
            .Persist(Codec.Int64)));
        for (var i = 0; i < 20; i++)
            tester.Append("in", "k", "v");
        tester.Settle();

        tester.TableValue<long>("counter-table", "k").ShouldBe(20);
    }
}
