namespace GokaAkka.Bench;

/// <summary>One thing to measure, with everything that decides its figures.</summary>
sealed record Scenario
{
    /// <summary>The case, see <see cref="Cases.CaseList"/>.</summary>
    public required string Case { get; init; }

    /// <summary>The raw client's case that runs beside it, or null.</summary>
    public string? Baseline { get; init; }

    /// <summary>The durable stores this build has; the first one is GokaAkka's default.</summary>
    public static readonly string[] DurableStores =
        File.Exists(Path.Combine(AppContext.BaseDirectory, "GokaAkka.Storage.LiteDb.dll")) ? ["sqlite", "litedb"] : ["sqlite"];

    /// <summary>Where tables are kept: a durable store, or memory.</summary>
    public string Store { get; init; } = DurableStores[0];

    /// <summary>Partitions of every topic.</summary>
    public int Partitions { get; init; } = 16;

    /// <summary>Distinct keys.</summary>
    public int Keys { get; init; } = 100_000;

    /// <summary>Bytes of a value in the input.</summary>
    public int ValueSize { get; init; } = 100;

    /// <summary>Records in the input.</summary>
    public int Records { get; init; } = 1_000_000;

    public override string ToString() =>
        $"{Case}, {Store}, {Partitions} partitions, {Keys:N0} keys, {ValueSize:N0} B values, {Records:N0} records";
}

/// <summary>Where the brokers are.</summary>
/// <param name="Bootstrap">host:port.</param>
/// <param name="Control">The control port of an embedded broker, or empty.</param>
sealed record BrokerAddress(string Bootstrap, string Control);
