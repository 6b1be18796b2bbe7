namespace GokaAkka.Tests.WithTester;

public class VisitTests
{
    readonly Tester _tester = new();

    static GroupGraph<long> Visited() => GroupGraph.Define<long>("counter", g => g
        .Input("in", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
        .Visitor<long>("raise", (ctx, by) => ctx.SetValue(ctx.Value + by))
        .Visitor<string>("report", (ctx, to) => ctx.Emit(to, ctx.Key, ctx.Value))
        .Output("report", Codec.Int64)
        .Persist(Codec.Int64));

    [Fact]
    public void Every_key_must_have_been_visited_when_VisitAll_returns()
    {
        var tester = new Tester(new TesterOptions { Partitions = 3 });
        var node = tester.Process(Visited());
        for (var i = 0; i < 600; i++)
            tester.Append("in", $"key-{i}", "v");
        tester.Settle();

        node.VisitAll("raise", 10L).ShouldBe(600);

        tester.TableValue<long>("counter-table", "key-17").ShouldBe(11);
        tester.TableKeys("counter-table").Count.ShouldBe(600);
    }

    [Fact]
    public void What_a_visit_emits_must_be_tracked()
    {
        var node = _tester.Process(Visited());
        _tester.Consume("in", "a", "v");
        _tester.Consume("in", "b", "v");
        var report = _tester.Track<long>("report");

        node.VisitAll("report", "report");

        report.Rest().Select(r => $"{r.Key}={r.Value}").ShouldBe(["a=1", "b=1"]);
    }

    [Fact]
    public void A_visit_must_reach_the_partitions_of_its_node_alone()
    {
        var tester = new Tester(new TesterOptions { Partitions = 4 });
        var first = tester.Process(Visited());
        var second = tester.Process(Visited());
        for (var i = 0; i < 100; i++)
            tester.Append("in", $"key-{i}", "v");
        tester.Settle();

        (first.VisitAll("raise", 1L) + second.VisitAll("raise", 1L)).ShouldBe(100);
    }

    [Fact]
    public void A_visit_must_be_aborted_when_a_partition_is_lost_before_it_is_through()
    {
        var node = _tester.Process(Visited());
        _tester.Consume("in", "a", "v");
        using var held = _tester.Faults.HoldAcks("counter-table");
        var visit = node.StartVisit("raise", 1L);
        _tester.Run();
        visit.IsCompleted.ShouldBeFalse();

        _tester.Faults.Lose(node);

        Should.Throw<VisitAbortedException>(() => visit.GetAwaiter().GetResult()).Message.ShouldContain("partition 0");
    }

    [Fact]
    public void A_visit_that_cannot_end_must_say_why()
    {
        var node = _tester.Process(Visited());
        _tester.Consume("in", "a", "v");
        using var held = _tester.Faults.HoldAcks("counter-table");

        Should.Throw<TesterException>(() => node.VisitAll("raise", 1L)).Message.ShouldContain("not acknowledged");
    }

    [Fact]
    public void A_visit_must_end_when_it_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var visited = 0;
        var node = _tester.Process(GroupGraph.Define<long>("counter", g => g
            .Input("in", Codec.String, (ctx, _) => ctx.SetValue(1))
            .Visitor<string>("count", (_, _) =>
            {
                if (++visited == 5)
                    cancel.Cancel();
            })
            .Persist(Codec.Int64)));
        for (var i = 0; i < 1000; i++)
            _tester.Append("in", $"key-{i}", "v");
        _tester.Settle();

        Should.Throw<OperationCanceledException>(() => node.VisitAll("count", "", cancel.Token));

        visited.ShouldBeInRange(5, 999);
    }

    [Fact]
    public void Unknown_visitors_and_other_types_must_be_told()
    {
        var node = _tester.Process(Visited());

        Should.Throw<TesterException>(() => node.VisitAll("lower", 1L)).Message.ShouldContain("no visitor 'lower'");
        Should.Throw<TesterException>(() => node.VisitAll("raise", "one")).Message.ShouldContain("takes Int64, not String");
    }
}
