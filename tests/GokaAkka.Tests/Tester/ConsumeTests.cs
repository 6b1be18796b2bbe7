namespace GokaAkka.Tests.WithTester;

public class ConsumeTests
{
    readonly Tester _tester = new();

    [Fact]
    public void A_callback_must_have_been_called_with_the_record_when_Consume_returns()
    {
        var seen = new List<string>();
        var tester = new Tester(new TesterOptions { Partitions = 4 });
        tester.Process(Graphs.Reader((ctx, text) => seen.Add($"{ctx.Topic}[{ctx.Partition}]@{ctx.Offset} {ctx.Key}={text} {ctx.Headers}")));

        tester.Consume("in", "alice", "/home", Headers.Of("from", "test")).ShouldBe(0);

        // fnv1a places alice so.
        seen.ShouldBe([$"in[{GokaAkka.Kafka.Partitioners.Fnv1a.Partition("alice"u8, 4)}]@0 alice=/home from=test"]);
    }

    [Fact]
    public void A_record_must_have_the_time_it_was_given_and_else_that_of_the_virtual_clock()
    {
        var seen = new List<DateTimeOffset?>();
        var start = new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.Zero);
        var tester = new Tester(new TesterOptions { Start = start });
        tester.Process(Graphs.Reader((ctx, _) => seen.Add(ctx.Timestamp)));

        tester.Consume("in", "k", "v");
        tester.Advance(TimeSpan.FromMinutes(3));
        tester.Consume("in", "k", "v");
        tester.Consume("in", "k", "v", time: DateTimeOffset.FromUnixTimeSeconds(123));

        seen.ShouldBe([start, start.AddMinutes(3), DateTimeOffset.FromUnixTimeSeconds(123)]);
    }

    [Theory]
    [InlineData(NullHandling.Ignore, "")]
    [InlineData(NullHandling.Process, "null")]
    [InlineData(NullHandling.Decode, "empty")]
    public void A_null_value_must_be_handled_as_its_input_says(NullHandling nulls, string expected)
    {
        var seen = "";
        _tester.Process(Graphs.Reader((_, text) => seen = text is null ? "null" : text.Length == 0 ? "empty" : text, new InputOptions { Nulls = nulls }));

        _tester.Consume<string>("in", "k", null);

        seen.ShouldBe(expected);
        _tester.CommittedOffset("reader", "in").ShouldBe(1);
    }

    [Fact]
    public void A_chain_of_processors_with_a_loop_must_have_settled_when_Consume_returns()
    {
        var tester = new Tester(new TesterOptions { Partitions = 3 });
        tester.Process(GroupGraph.Define("proc1", g => g
            .Input("input", Codec.String, (ctx, text) => ctx.Loopback(ctx.Key, $"loop: {text}"))
            .Loop(Codec.String, (ctx, text) => ctx.Emit("proc1-out", ctx.Key, $"proc1-out: {text}"))
            .Output("proc1-out", Codec.String)));
        var second = tester.Process(GroupGraph.Define<string>("proc2", g => g
            .Input("proc1-out", Codec.String, (ctx, text) => ctx.SetValue($"persist: {text}"))
            .Persist(Codec.String)));

        tester.Consume("input", "bob", "hello world");

        tester.TableValue<string>("proc2-table", "bob").ShouldBe("persist: proc1-out: loop: hello world");
        second.Get("bob").ShouldBe("persist: proc1-out: loop: hello world");
    }

    [Fact]
    public void A_processor_that_comes_later_must_read_what_its_input_holds_already()
    {
        var stream = new Stream<string>("in", Codec.String);
        _tester.Consume(stream, "k", "first");
        _tester.Consume(stream, "k", "second");

        _tester.Process(Graphs.Counter());

        _tester.TableValue<long>("counter-table", "k").ShouldBe(2);
    }

    [Fact]
    public void Inputs_must_start_where_they_say()
    {
        var stream = new Stream<string>("in", Codec.String);
        var start = _tester.Time.GetUtcNow();
        _tester.Consume(stream, "k", "one", time: start);
        _tester.Consume(stream, "k", "two", time: start.AddSeconds(1));
        _tester.Consume(stream, "k", "three", time: start.AddSeconds(2));
        List<string> latest = [], since = [];
        _tester.Process(GroupGraph.Define("latest", g => g.Input(stream, (_, text) => latest.Add(text), new InputOptions { Start = StartAt.Latest })));
        _tester.Process(GroupGraph.Define("since", g => g.Input(
            stream, (_, text) => since.Add(text), new InputOptions { Start = StartAt.Timestamp(start.AddSeconds(1)) })));

        _tester.Consume(stream, "k", "four");

        latest.ShouldBe(["four"]);
        since.ShouldBe(["two", "three", "four"]);
    }

    [Fact]
    public void A_batch_callback_must_get_what_was_appended_together()
    {
        var batches = new List<string>();
        _tester.Process(GroupGraph.Define("batches", g => g.InputBatch("in", Codec.String, (ctx, messages) =>
        {
            batches.Add(string.Join(",", messages.Select(m => $"{m.Key}={m.Value}@{m.Offset}")));
            return default;
        })));

        _tester.Append("in", "a", "1");
        _tester.Append("in", "b", "2");
        _tester.Append("in", "a", "3");
        batches.ShouldBeEmpty();
        _tester.Settle();
        _tester.Consume("in", "c", "4");

        batches.ShouldBe(["a=1@0,b=2@1,a=3@2", "c=4@3"]);
        _tester.CommittedOffset("batches", "in").ShouldBe(4);
    }

    [Fact]
    public void Two_testers_must_not_know_of_each_other()
    {
        var first = new Tester();
        var second = new Tester();
        first.Process(Graphs.Counter());
        second.Process(Graphs.Counter());

        first.Consume("in", "k", "v");

        first.TableValue<long>("counter-table", "k").ShouldBe(1);
        second.TableValue<long>("counter-table", "k").ShouldBe(0);
    }

    [Fact]
    public void Every_key_must_be_counted_at_any_number_of_partitions()
    {
        foreach (var partitions in new[] { 1, 2, 3, 7, 12 })
        {
            var tester = new Tester(new TesterOptions { Partitions = partitions });
            tester.Process(Graphs.Counter());
            for (var i = 0; i < 200; i++)
                tester.Append("in", $"key-{i % 50}", "v");
            // Its hash is -2^31 as a signed number, which has no absolute value.
            tester.Consume("in", "k12hlxfk", "v");

            tester.TableKeys("counter-table").Count.ShouldBe(51);
            tester.TableValue<long>("counter-table", "key-7").ShouldBe(4);
            tester.TableValue<long>("counter-table", "k12hlxfk").ShouldBe(1);
        }
    }
}
