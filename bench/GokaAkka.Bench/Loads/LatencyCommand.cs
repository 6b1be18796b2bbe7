using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GokaAkka.Bench.Runs;

namespace GokaAkka.Bench.Loads;

/// <summary><c>latency</c>: what records take and cost at rates below what the machine can do, beside the plain client's loop.</summary>
static class LatencyCommand
{
    public const string Name = "latency";

    static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    static readonly (string Title, string Figure, string Format)[] Columns =
    [
        ("p50 ms", "p50Ms", "0.0"), ("p99 ms", "p99Ms", "0.0"), ("max ms", "maxMs", "0.0"), ("cores", "cores", "0.000"), ("broker cores", "brokerCores", "0.000"),
        ("produce/s", "produceRequestsPerSecond", "0"), ("fetch/s", "fetchRequestsPerSecond", "0"), ("worst second ms", "worstSecondMs", "0.0"),
        ("raw p50 ms", "rawP50Ms", "0.0"), ("raw p99 ms", "rawP99Ms", "0.0"), ("raw cores", "rawCores", "0.000"), ("raw broker cores", "rawBrokerCores", "0.000"),
        ("raw produce/s", "rawProduceRequestsPerSecond", "0"), ("raw fetch/s", "rawFetchRequestsPerSecond", "0"),
    ];

    public static Command Create()
    {
        var bootstrap = new Option<string?>("--bootstrap") { Description = "Brokers to use (host:port) in place of an embedded one." };
        var json = new Option<FileInfo?>("--json") { Description = "Writes the figures there as well." };
        var seconds = new Option<int>("--seconds") { Description = "How long each load is measured, behind ten seconds of a cold start.", DefaultValueFactory = static _ => 20 };
        var quick = new Option<bool>("--quick") { Description = "Two seconds each: to see that everything runs, not to quote." };
        var rate = new Option<int?>("--rate") { Description = "Only loads of this rate." };
        var partitions = new Option<int?>("--partitions") { Description = "Only loads of so many partitions." };
        var delivery = new Option<string?>("--delivery") { Description = "Only loads under this guarantee." };
        delivery.AcceptOnlyFromAmong("at-least-once", LatencyScenario.ExactlyOnce);
        var command = new Command(Name, "Measures latency, processor time and requests at 0, 1,000, 3,000 and 10,000 records a second.")
        {
            bootstrap, json, seconds, quick, rate, partitions, delivery,
        };
        command.SetAction(async (parsed, _) =>
        {
            var chosen = LatencyScenario.All.Where(s => (parsed.GetValue(rate) ?? s.Rate) == s.Rate
                && (parsed.GetValue(partitions) ?? s.Partitions) == s.Partitions && (parsed.GetValue(delivery) ?? s.Delivery) == s.Delivery);
            var time = TimeSpan.FromSeconds(parsed.GetValue(quick) ? 2 : parsed.GetValue(seconds));
            var rows = await Run([.. chosen], parsed.GetValue(bootstrap), time).ConfigureAwait(false);
            if (parsed.GetValue(json) is { } file)
                await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(rows, Json)).ConfigureAwait(false);
            return rows.Count > 0 ? 0 : 1;
        });
        return command;
    }

    static async Task<List<JsonObject>> Run(IReadOnlyList<LatencyScenario> scenarios, string? bootstrap, TimeSpan time)
    {
        var rows = new List<JsonObject>();
        Console.WriteLine($"| rate | partitions | delivery | {string.Join(" | ", Columns.Select(static c => c.Title))} |");
        Console.WriteLine($"|---|---|---|{string.Concat(Columns.Select(static _ => "---|"))}");
        foreach (var scenario in scenarios)
        {
            // An embedded broker each, as for the other measurements.
            var (broker, address) = bootstrap is null ? await BrokerProcess.Start().ConfigureAwait(false) : (null, new BrokerAddress(bootstrap, ""));
            using var ownBroker = broker;
            // Brokers that have just started compile what they run most while it runs.
            if (rows.Count == 0 && broker is null)
                await LatencyRun.Run(Trial(isRaw: true), time).ConfigureAwait(false);
            var raw = await LatencyRun.Run(Trial(isRaw: true), time).ConfigureAwait(false);
            rows.Add(Row(scenario, await LatencyRun.Run(Trial(isRaw: false), time).ConfigureAwait(false), raw));
            Console.WriteLine(Line(rows[^1]));

            LatencyTrial Trial(bool isRaw) => new(scenario, isRaw, address, $"latency-{Guid.NewGuid():N}"[..20]);
        }

        return rows;
    }

    /// <summary>What is measured under its names in the JSON, beside the loop of the plain client.</summary>
    static JsonObject Row(LatencyScenario scenario, LatencyFigures ours, LatencyFigures raw)
    {
        var row = JsonSerializer.SerializeToNode(ours, Json)!.AsObject();
        row.Insert(0, "name", Name);
        row.Insert(1, "parameters", JsonSerializer.SerializeToNode(scenario, Json));
        foreach (var (figure, value) in JsonSerializer.SerializeToNode(raw, Json)!.AsObject())
            row[$"raw{char.ToUpperInvariant(figure[0])}{figure[1..]}"] = value?.DeepClone();
        return row;
    }

    static string Line(JsonObject row)
    {
        var parameters = row["parameters"]!.AsObject();
        var figures = Columns.Select(c => row[c.Figure] is { } figure ? figure.GetValue<double>().ToString(c.Format, CultureInfo.InvariantCulture) : "-");
        return $"| {string.Join(" | ", parameters.Select(static p => p.Value!.ToString()).Concat(figures))} |";
    }
}
