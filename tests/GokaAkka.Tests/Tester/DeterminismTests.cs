namespace GokaAkka.Tests.WithTester;

public class DeterminismTests
{
    [Fact]
    public void The_same_program_must_give_the_same_records_byte_for_byte()
    {
        var first = Run();

        Run().ShouldBe(first);
        first.Length.ShouldBeGreaterThan(20_000);
    }

    /// <summary>A bit of everything: chains, a loop, a join, concurrency on the virtual clock, faults, nodes that come and go.</summary>
    static string Run()
    {
        var tester = new Tester(new TesterOptions { Partitions = 4, BatchRecords = 7 });
        var totals = GroupGraph.Define<long>("totals", g => g
            .Input("amounts", Codec.Int64, (ctx, amount) =>
            {
                ctx.SetValue(ctx.Value + amount);
                ctx.Emit("changes", $"{ctx.Key}-{amount % 3}", amount, Headers.Of("from", ctx.Key.ToString()));
                if (amount > 5)
                    ctx.Loopback(ctx.Key, amount / 2);
            })
            .Loop(Codec.Int64, (ctx, amount) => ctx.SetValue(ctx.Value - amount))
            .Output("changes", Codec.Int64)
            .Persist(Codec.Int64));
        var report = GroupGraph.Define<string>("report", g => g
            .Input("changes", Codec.Int64, async (ctx, amount) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(amount % 7), tester.Time);
                ctx.SetValue($"{ctx.Value}|{amount}:{ctx.Join(totals.Table)}");
            }, new InputOptions { Concurrency = 4 })
            .Join(totals.Table)
            .Persist(Codec.String));
        var first = tester.Process(totals);
        tester.Process(report);
        tester.Process(report);
        Feed(tester, 100);
        var second = tester.Process(totals);
        Feed(tester, 200);
        tester.Faults.FailSends("totals-table", count: 2);
        Feed(tester, 100);
        tester.Faults.Crash(first);
        Feed(tester, 50);
        tester.Faults.Restart(first);
        tester.Faults.Move(1, second);
        Feed(tester, 50);
        return Dump(tester);
    }

    static void Feed(Tester tester, int records)
    {
        for (var i = 0; i < records; i++)
            tester.Append("amounts", $"account-{i * 7919 % 31}", (long)(i * 104729 % 23));
        tester.Settle();
    }

    static string Dump(Tester tester)
    {
        var log = new StringBuilder();
        foreach (var r in tester.Journal)
        {
            log.Append($"{r.Topic}[{r.Partition}]@{r.Offset} {r.Timestamp} {Convert.ToHexString(r.Key.Span)} ")
                .Append(r.Value is null ? "null" : Convert.ToHexString(r.Value)).Append($" {r.Headers}\n");
        }

        return log.ToString();
    }
}
