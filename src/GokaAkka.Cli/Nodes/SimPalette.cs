using GokaAkka.Commands;
using GokaAkka.Testing.Simulation;

namespace GokaAkka.Cli.Nodes;

/// <summary><c>sim</c>: the simulation, run by the node; an example of a palette that a program adds.</summary>
static class SimPalette
{
    const int MostSeeds = 1000;

    static readonly CommandArgument From = new("from", "the first seed") { Default = "1" };
    static readonly CommandArgument Seeds = new("seeds", $"how many, up to {MostSeeds}") { Kind = ArgumentKind.Option, Default = "1" };
    static readonly CommandArgument ExactlyOnce = new("exactly-once", "simulates exactly-once delivery") { Kind = ArgumentKind.Flag };

    public static CommandPalette Create() => new("sim", "the simulation of processors on a Kafka that fails",
    [
        new("run", "runs seeds and shows what each came to", Run) { Arguments = [From, Seeds, ExactlyOnce] },
    ]);

    static async Task Run(CommandCall call)
    {
        var (from, seeds) = (call.Number(From.Name)!.Value, call.Number(Seeds.Name, 1)!.Value);
        if (seeds > MostSeeds)
            throw new CommandException($"--seeds is at most {MostSeeds}, found {seeds}; 'goka sim' runs as many as wanted.");
        await call.Table("seeds", "seed", "events", "records", "virtual seconds", "outcome");
        var failed = 0;
        for (var seed = from; seed < from + seeds; seed++)
        {
            call.Cancellation.ThrowIfCancellationRequested();
            var options = new SimulationOptions((ulong)seed) { ExactlyOnce = call.Has(ExactlyOnce.Name) };
            var result = await Task.Run(() => SimulationRun.Run(options), call.Cancellation);
            failed += result.Violation is null ? 0 : 1;
            await call.Row(seed, result.Events, result.Records, Math.Round(result.Time.TotalSeconds, 1), result.Violation ?? "every invariant holds");
        }

        if (failed > 0)
            throw new CommandException($"{failed} of {seeds} seeds broke an invariant.");
    }
}
