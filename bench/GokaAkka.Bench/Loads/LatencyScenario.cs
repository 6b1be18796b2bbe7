using System.Text.Json.Serialization;

namespace GokaAkka.Bench.Loads;

/// <summary>A load to be worked off as it comes: read, count, write the table, emit.</summary>
/// <param name="Rate">Records a second, evenly; 0 for none at all.</param>
/// <param name="Partitions">Partitions of input, table and output.</param>
/// <param name="Delivery"><c>at-least-once</c> or <c>exactly-once</c>.</param>
sealed record LatencyScenario(int Rate, int Partitions, string Delivery)
{
    public const string ExactlyOnce = "exactly-once";

    /// <summary>The loads that are measured, each under both guarantees.</summary>
    public static IEnumerable<LatencyScenario> All =>
        from delivery in new[] { "at-least-once", ExactlyOnce }
        from load in new[] { (1_000, 4), (10_000, 4), (3_000, 64), (0, 16), (0, 64) }
        select new LatencyScenario(load.Item1, load.Item2, delivery);

    [JsonIgnore]
    public bool IsExactlyOnce => Delivery == ExactlyOnce;
}

/// <summary>What one process under test does: what it runs, and on which topics.</summary>
/// <param name="Scenario">The load.</param>
/// <param name="IsRaw">Whether it is the plain client's loop.</param>
/// <param name="Broker">The brokers.</param>
/// <param name="Group">The group; its topics have its name in front.</param>
sealed record LatencyTrial(LatencyScenario Scenario, bool IsRaw, BrokerAddress Broker, string Group)
{
    [JsonIgnore]
    public string Input => $"{Group}-in";

    [JsonIgnore]
    public string Output => $"{Group}-out";

    [JsonIgnore]
    public string Table => $"{Group}-table";
}

/// <summary>What a trial has come to. Times are from the input's producer taking a record to the output's consumer having it.</summary>
sealed record LatencyFigures
{
    public double? P50Ms { get; init; }

    public double? P99Ms { get; init; }

    public double? MaxMs { get; init; }

    /// <summary>The greatest p99 of a second among the first ten after the process said that it is ready.</summary>
    public double? WorstSecondMs { get; init; }

    /// <summary>Processor time of the process under test, of one processor.</summary>
    public double Cores { get; init; }

    /// <summary>The broker's, where it runs on this machine.</summary>
    public double? BrokerCores { get; init; }

    public double ProduceRequestsPerSecond { get; init; }

    public double FetchRequestsPerSecond { get; init; }
}
