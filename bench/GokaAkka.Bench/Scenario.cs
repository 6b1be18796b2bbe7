namespace GokaAkka.Bench;

/// <summary>One thing to measure, with everything that decides its figures.</summary>
sealed record Scenario
{
    /// <summary>The case, see <see cref="Cases.CaseList"/>.</summary>
    public required string Case { get; init; }

    /// <summary>The case that runs beside it, the raw client's mostly, or null.</summary>
    public string? Baseline { get; init; }

    /// <summary>Partitions of the baseline, when they are what is compared.</summary>
    public int? BaselinePartitions { get; init; }

    /// <summary>Distinct keys of the baseline, when they are what is compared.</summary>
    public int? BaselineKeys { get; init; }

    /// <summary>The durable stores; the first one is GokaAkka's default.</summary>
    public static readonly string[] DurableStores = ["litedb", "lmdb", "rocksdb"];

    /// <summary>Where tables are kept: a durable store, or memory.</summary>
    public string Store { get; init; } = DurableStores[0];

    /// <summary>Partitions of every topic.</summary>
    public int Partitions { get; init; } = 16;

    /// <summary>Distinct keys.</summary>
    public int Keys { get; init; } = 100_000;

    /// <summary>Bytes of a value in the input.</summary>
    public int ValueSize { get; init; } = 100;

    /// <summary>MiB of a group table's values in memory (<c>goka.table.cache-size</c>); a key takes some 80 B there.</summary>
    public int Cache { get; init; } = 96;

    /// <summary>Records in the input.</summary>
    public int Records { get; init; } = 1_000_000;

    /// <summary>What runs beside it, of as many records.</summary>
    public Scenario? Beside() => Baseline is null ? null : this with
    {
        Case = Baseline, Baseline = null, Partitions = BaselinePartitions ?? Partitions, Keys = BaselineKeys ?? Keys,
        BaselinePartitions = null, BaselineKeys = null,
    };

    /// <summary>What it is a ratio of: the baseline's case, and what is not the same there.</summary>
    public string BaselineName =>
        Baseline + (BaselinePartitions is { } p ? $" at {p} partitions" : "") + (BaselineKeys is { } k ? $" at {k:N0} keys" : "");

    public override string ToString() =>
        $"{Case}, {Store}, {Partitions} partitions, {Keys:N0} keys, {ValueSize:N0} B values, {Cache:N0} MiB cache, {Records:N0} records";
}

/// <summary>Where the brokers are.</summary>
/// <param name="Bootstrap">host:port.</param>
/// <param name="Control">The control port of an embedded broker, or empty.</param>
sealed record BrokerAddress(string Bootstrap, string Control);
