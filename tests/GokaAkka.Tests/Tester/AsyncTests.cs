namespace GokaAkka.Tests.WithTester;

public class AsyncTests
{
    [Fact]
    public void A_callback_that_waits_for_the_virtual_clock_must_take_no_time()
    {
        var tester = new Tester();
        var began = tester.Time.GetUtcNow();
        var threads = new HashSet<int>();
        tester.Process(Graphs.Waiter(async (_, _) =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Delay(TimeSpan.FromHours(2), tester.Time);
            threads.Add(Environment.CurrentManagedThreadId);
        }));

        tester.Consume("in", "k", "v");

        tester.CommittedOffset("waiter", "in").ShouldBe(1);
        (tester.Time.GetUtcNow() - began).ShouldBe(TimeSpan.FromHours(2));
        threads.ShouldBe([Environment.CurrentManagedThreadId]);
    }

    [Fact]
    public void A_callback_that_is_left_waiting_must_hold_up_its_partition_and_go_on_with_the_clock()
    {
        var tester = new Tester();
        var ended = new List<string>();
        tester.Process(Graphs.Waiter(async (_, text) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(10), tester.Time);
            ended.Add(text);
        }));
        tester.Append("in", "k", "one");
        tester.Append("in", "k", "two");

        tester.Run();
        ended.ShouldBeEmpty();
        tester.Advance(TimeSpan.FromSeconds(10));
        ended.ShouldBe(["one"]);
        tester.Advance(TimeSpan.FromSeconds(9));
        ended.ShouldBe(["one"]);
        tester.Advance(TimeSpan.FromSeconds(1));
        ended.ShouldBe(["one", "two"]);
        tester.CommittedOffset("waiter", "in").ShouldBe(2);
    }

    [Fact]
    public void Concurrent_callbacks_must_end_in_any_order_and_commit_in_theirs()
    {
        var tester = new Tester();
        var gates = new Dictionary<string, TaskCompletionSource>();
        var ended = new List<string>();
        tester.Process(Graphs.Waiter(
            async (_, text) =>
            {
                await (gates[text] = new TaskCompletionSource()).Task;
                ended.Add(text);
            },
            new InputOptions { Concurrency = 3 }));
        foreach (var text in new[] { "one", "two", "three" })
            tester.Append("in", $"key of {text}", text);

        tester.Run();
        gates.Count.ShouldBe(3);
        gates["three"].SetResult();
        gates["two"].SetResult();
        tester.Run();
        ended.ShouldBe(["three", "two"]);
        tester.CommittedOffset("waiter", "in").ShouldBeNull();
        gates["one"].SetResult();
        tester.Run();

        tester.CommittedOffset("waiter", "in").ShouldBe(3);
    }

    [Fact]
    public void A_callback_that_waits_for_another_thread_must_be_waited_for()
    {
        var tester = new Tester();
        var results = new ConcurrentBag<string>();
        tester.Process(Graphs.Waiter(async (_, text) => results.Add(await Task.Run(() => text.ToUpperInvariant()).ConfigureAwait(false))));

        tester.Consume("in", "k", "hello");

        results.ShouldBe(["HELLO"]);
        tester.CommittedOffset("waiter", "in").ShouldBe(1);
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
        var tester = new Tester();
        var seen = "";
        tester.Process(Graphs.Reader((_, text) => seen = Later(text).GetAwaiter().GetResult()));

        tester.Consume("in", "k", "hello");

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
        var tester = new Tester();
        var deferred = new List<DeferredCommit>();
        tester.Process(Graphs.Reader((ctx, text) =>
        {
            if (text == "defer")
                deferred.Add(ctx.DeferCommit());
        }));

        tester.Consume("in", "k", "plain");
        tester.Consume("in", "k", "defer");
        tester.Consume("in", "k", "plain");
        tester.CommittedOffset("reader", "in").ShouldBe(1);
        deferred.ShouldHaveSingleItem().Complete();
        tester.Settle();

        tester.CommittedOffset("reader", "in").ShouldBe(3);
    }

    [Fact]
    public void A_deferred_commit_that_fails_must_have_its_record_read_again()
    {
        var tester = new Tester();
        var tries = 0;
        var node = tester.Process(Graphs.Reader((ctx, _) =>
        {
            var commit = ctx.DeferCommit();
            if (++tries == 1)
                commit.Fail(new InvalidOperationException("the database is away"));
            else
                commit.Complete();
        }));

        tester.Consume("in", "k", "v");

        tries.ShouldBe(2);
        node.Partitions[0].Restarts.ShouldBe(1);
        tester.CommittedOffset("reader", "in").ShouldBe(1);
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
