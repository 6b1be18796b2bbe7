using System.CommandLine;
using System.CommandLine.Parsing;
using GokaAkka.Testing.Simulation;

namespace GokaAkka.Cli.Commands;

/// <summary>
/// <c>goka sim</c>: runs the simulation. With <c>--seed</c> one seed, with everything that happens; with <c>--seeds</c> many, with what they
/// came to. Ends with 1 when something promised did not hold.
/// </summary>
static class SimCommand
{
    const int Failed = 1;
    const string AtLeastOnce = "at-least-once";
    const string ExactlyOnce = "exactly-once";

    public static Command Create()
    {
        var seed = new Option<ulong?>("--seed")
        {
            Description = "Runs this seed and prints everything that happens.",
            HelpName = "N",
            CustomParser = static result => Seed(result, "--seed"),
        };
        var seeds = new Option<long?>("--seeds")
        {
            Description = "Runs so many seeds and prints what they came to.",
            HelpName = "COUNT",
            CustomParser = static result => Count(result, "--seeds"),
        };
        var from = new Option<ulong>("--from")
        {
            Description = "The first of the seeds.",
            HelpName = "N",
            DefaultValueFactory = static _ => 1,
            CustomParser = static result => Seed(result, "--from"),
        };
        var threads = new Option<int>("--threads")
        {
            Description = "Seeds run at the same time.",
            HelpName = "COUNT",
            DefaultValueFactory = static _ => Environment.ProcessorCount,
            CustomParser = static result => (int)Math.Min(int.MaxValue, Count(result, "--threads")),
        };
        var mode = new Option<string>("--mode") { Description = $"What is promised: {AtLeastOnce} or {ExactlyOnce}.", DefaultValueFactory = static _ => AtLeastOnce };
        mode.AcceptOnlyFromAmong(AtLeastOnce, ExactlyOnce);
        var quiet = new Option<bool>("--quiet") { Description = "With --seed: prints the outcome alone." };
        var command = new Command("sim", "Runs processors on a simulated Kafka that fails in every way, all of it drawn from a seed.")
        {
            seed, seeds, from, threads, mode, quiet,
        };
        command.Validators.Add(result =>
        {
            // Whether they are given, whatever as: a value that cannot be read is told already.
            if (result.GetResult(seed) is null == result.GetResult(seeds) is null)
                result.AddError("sim takes either --seed N, to run one seed, or --seeds COUNT, to run many.");
        });
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var exactlyOnce = parsed.GetValue(mode) == ExactlyOnce;
            return parsed.GetValue(seed) is { } one
                ? RunOne(one, exactlyOnce, parsed.GetValue(quiet), output)
                : RunMany(parsed.GetValue(from), parsed.GetValue(seeds)!.Value, exactlyOnce, parsed.GetValue(threads), output);
        });
        return command;
    }

    static ulong Seed(ArgumentResult result, string option)
    {
        var found = result.Tokens[0].Value;
        if (ulong.TryParse(found, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
            return seed;
        result.AddError($"{option} takes a seed, a whole number from 0 on, found '{found}'.");
        return 0;
    }

    static long Count(ArgumentResult result, string option)
    {
        var found = result.Tokens[0].Value;
        if (long.TryParse(found, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1)
            return count;
        result.AddError($"{option} takes a number of at least 1, found '{found}'.");
        return 1;
    }

    static int RunOne(ulong seed, bool exactlyOnce, bool quiet, TextWriter output)
    {
        var result = SimulationRun.Run(new SimulationOptions(seed) { ExactlyOnce = exactlyOnce, Trace = quiet ? null : output });
        output.WriteLine(Text($"trace {result.TraceHash:x16} | {result.Events} events | {result.Time.TotalSeconds:F1} s of virtual time | {result.Records} records"));
        output.WriteLine(result.Violation ?? Text($"seed {seed}: every invariant holds"));
        return result.Violation is null ? 0 : Failed;
    }

    static int RunMany(ulong from, long count, bool exactlyOnce, int threads, TextWriter output)
    {
        var summary = SimulationBatch.Run(from, count, seed => new SimulationOptions(seed) { ExactlyOnce = exactlyOnce }, threads);
        foreach (var (fault, times) in summary.Faults.All)
            output.WriteLine(Text($"{fault} | {times}"));
        output.WriteLine(Text($"records | {summary.Records} | repeated | {summary.Repeated} | keys excused | {summary.Excused}"));
        output.WriteLine(summary.Failed?.Violation ?? "every invariant holds");
        var (seeds, minutes) = ((double)summary.Seeds, summary.Elapsed.TotalMinutes);
        output.WriteLine(Text(
            $"{summary.Seeds} seeds, traces {summary.TraceHash:x16}, {summary.Time.TotalHours:F1} h of virtual time | {seeds / minutes:F0} seeds a minute on {threads} threads | {summary.Events / seeds:F0} events a seed | {summary.Records / seeds:F0} records a seed | crashes {summary.FewestCrashes} and rebalances {summary.FewestRebalances} at least"));
        return summary.Failed is null ? 0 : Failed;
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
