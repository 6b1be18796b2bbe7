using System.CommandLine;
using GokaAkka.Outages.Brokers;

namespace GokaAkka.Outages;

/// <summary><c>outages</c>: each scenario with each guarantee, by itself on the same three brokers.</summary>
static class OutagesCommand
{
    static readonly string[] Deliveries = ["at-least-once", "exactly-once"];

    public static Command Create()
    {
        var names = new Option<string[]>("--scenario") { Description = $"Those whose name has this in it; may be given again. {string.Join(", ", Scenario.All.Select(s => s.Name))}." };
        var delivery = new Option<string?>("--delivery") { Description = "One guarantee in place of both." };
        delivery.AcceptOnlyFromAmong(Deliveries);
        var seconds = new Option<int?>("--seconds") { Description = "No outage lasts longer, nor the load after it; at least 10. To see that everything runs, not to quote." };
        var command = new Command("outages", "What becomes of records when brokers and workers go away, on three brokers of GOKA_KAFKA_HOME.") { names, delivery, seconds };
        command.SetAction((parsed, _) => Requirements.Met(() => Run(
            [.. Scenario.All.Where(s => parsed.GetValue(names) is not { Length: > 0 } parts || parts.Any(p => s.Name.Contains(p, StringComparison.OrdinalIgnoreCase)))],
            parsed.GetValue(delivery) is { } one ? [one] : Deliveries,
            parsed.GetValue(seconds) is { } most ? Math.Max(Scenario.LeastSeconds, most) : null)));
        return command;
    }

    static async Task<int> Run(IReadOnlyList<Scenario> scenarios, string[] deliveries, int? seconds)
    {
        var after = TimeSpan.FromSeconds(Math.Min(seconds ?? 15, 15));
        var fallShort = scenarios.Count == 0;
        await Console.Error.WriteLineAsync($"GOKA_SEED={FaultForm.Seed}");
        await using var brokers = await KafkaCluster.Start(3);
        Console.WriteLine(Outcome.Header);
        foreach (var scenario in scenarios)
        {
            foreach (var delivery in deliveries.Where(d => d == "exactly-once" || !scenario.NeedsTransactions))
            {
                using var trial = new Trial(brokers, await FaultCluster.On(brokers.Bootstrap), scenario, delivery);
                var outcome = await trial.Run(scenario.SizeWithin(seconds), after);
                Console.WriteLine(outcome);
                await Console.Error.WriteLineAsync(outcome.Detail);
                if (outcome.Shortcomings().ToList() is not { Count: > 0 } shortcomings)
                    continue;
                fallShort = true;
                var log = Path.Combine(Path.GetTempPath(), $"goka-outages-{Environment.ProcessId}-{scenario.Name.Replace(' ', '-')}-{delivery}.log");
                await File.WriteAllTextAsync(log, trial.ToString());
                await Console.Error.WriteLineAsync($"Falls short: {string.Join("; ", shortcomings)}. What the workers said: {log}");
            }
        }

        Console.WriteLine(Outcome.Legend);
        return fallShort ? 1 : 0;
    }
}
