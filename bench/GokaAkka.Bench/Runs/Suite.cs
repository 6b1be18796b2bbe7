namespace GokaAkka.Bench.Runs;

/// <summary>Named groups of scenarios.</summary>
static class Suite
{
    static readonly Scenario Default = new() { Case = "count", Baseline = "raw-loop" };

    static readonly Dictionary<string, Func<Scenario, Scenario[]>> All = new(StringComparer.Ordinal)
    {
        ["count"] = s => [.. Stores(s)],
        ["coalesced"] = s => [s with { Case = "count-coalesced", Baseline = "raw-consume" }],
        ["exactly-once"] = s => [s with { Case = "count-exactly-once", Baseline = "count" }],
        ["telemetry"] = s =>
        [
            s with { Case = "count-metered", Baseline = "count" }, s with { Case = "count-traced", Baseline = "count" },
            s with { Case = "count-watched", Baseline = "count" },
        ],
        ["pass-through"] = s => [s with { Case = "pass-through" }],
        ["join"] = s => [s with { Case = "join" }],
        ["restore"] = s =>
        [
            .. Stores(Table(s, "restore")), Table(s, "restore-warm"),
            Table(s, "restore") with { Partitions = 32, Keys = 1_000_000 },
        ],
        ["view-build"] = s => [Table(s, "view-build")],
        ["view-reads"] = s => [s with { Case = "view-reads", Baseline = null }],
        ["queries"] = s => [s with { Case = "queries", Baseline = null }],
        ["emitter"] = s => [s with { Case = "emitter", Baseline = "raw-produce" }],
        ["rebalance"] = s => [Rebalance(s, "rebalance-eager"), Rebalance(s, "rebalance-cooperative")],
        ["partitions"] = s => [s with { Partitions = 1 }, s with { Partitions = 4 }, s with { Partitions = 64 }, s with { Partitions = 64, Baseline = "count", BaselinePartitions = 16 }],
        ["keys"] = s =>
        [
            s with { Keys = 1_000 }, ManyKeys(s), ManyKeys(s) with { Baseline = "count", BaselineKeys = 100_000 },
            ManyKeys(s) with { Baseline = "count", BaselineKeys = 100_000, Cache = 48 },
        ],
        ["values"] = s => [s with { ValueSize = 1024 }, s with { ValueSize = 1024, Case = "pass-through" }],
    };

    public static IEnumerable<string> Names => All.Keys;

    /// <summary>The scenarios of these names; of all when there are none.</summary>
    public static IReadOnlyList<Scenario> Scenarios(IReadOnlyCollection<string> names, Func<Scenario, Scenario> adjust, bool embedded) =>
    [
        .. (names.Count == 0 ? All.Keys : names).SelectMany(n => All[n](Default)).Select(adjust)
            .Select(s => embedded ? s with { Records = Dataset.Fitting(s) } : s).Distinct(),
    ];

    static IEnumerable<Scenario> Stores(Scenario s) => [.. Scenario.DurableStores.Select(store => s with { Store = store }), s with { Store = "memory" }];

    // They fit into the default cache, and not into half of it.
    static Scenario ManyKeys(Scenario s) => s with { Partitions = 64, Keys = 1_000_000, Records = 2_500_000 };

    // On a Kafka of its own, with records of its own.
    static Scenario Rebalance(Scenario s, string name) => s with { Case = name, Baseline = null, Records = 0, Keys = 1_000, ValueSize = 5 };

    static Scenario Table(Scenario s, string name) => s with { Case = name, Baseline = "raw-consume" };
}
