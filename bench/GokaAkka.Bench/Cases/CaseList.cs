using GokaAkka.Actors;
using GokaAkka.Processing;

namespace GokaAkka.Bench.Cases;

/// <summary>The cases by name: each runs alone in a process.</summary>
static class CaseList
{
    static readonly Dictionary<string, Func<CaseRun, Task<Measured>>> Cases = new(StringComparer.Ordinal)
    {
        ["raw-consume"] = run => Task.FromResult(RawClient.Consume(run)),
        ["raw-loop"] = run => Task.FromResult(RawClient.Loop(run)),
        ["raw-produce"] = run => Task.FromResult(RawClient.Produce(run)),
        ["count"] = ProcessorCases.Count,
        ["count-coalesced"] = run => ProcessorCases.Count(run, new ProcessorOptions { CoalesceInterval = TimeSpan.FromMilliseconds(100) }),
        ["count-exactly-once"] = run => ProcessorCases.Count(run, new ProcessorOptions { Delivery = Delivery.ExactlyOnce }),
        ["count-metered"] = TelemetryCases.Metered,
        ["count-traced"] = TelemetryCases.Traced,
        ["count-watched"] = TelemetryCases.Watched,
        ["pass-through"] = ProcessorCases.PassThrough,
        ["join"] = ProcessorCases.Join,
        ["restore"] = run => TableCases.Restore(run, warm: false),
        ["restore-warm"] = run => TableCases.Restore(run, warm: true),
        ["view-build"] = TableCases.ViewBuild,
        ["view-reads"] = TableCases.ViewReads,
        ["queries"] = TableCases.Queries,
        ["emitter"] = EmitterCase.Run,
        ["rebalance-eager"] = run => RebalanceCase.Run(run, "eager"),
        ["rebalance-cooperative"] = run => RebalanceCase.Run(run, "cooperative"),
        ["fill"] = Fill,
    };

    public static Task<Measured> Run(CaseRun run) => Cases[run.Scenario.Case](run);

    static Task<Measured> Fill(CaseRun run)
    {
        var meter = Meter.Start();
        Dataset.Fill(run.Scenario, run.Broker);
        return Task.FromResult(meter.Stop(run.Scenario.Records));
    }
}
