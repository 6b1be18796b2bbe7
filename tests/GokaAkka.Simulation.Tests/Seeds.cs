namespace GokaAkka.Simulation.Tests;

/// <summary>Runs a fixed range of seeds and prints what they came to.</summary>
static class Seeds
{
    public static SimulationSummary Run(ITestOutputHelper output, ulong from, long count, Func<ulong, SimulationOptions> options)
    {
        var summary = SimulationBatch.Run(from, count, options, Environment.ProcessorCount);
        output.WriteLine($"{summary.Seeds} seeds in {summary.Elapsed.TotalSeconds:F1} s, {summary.Records} records, {summary.Events} events");
        foreach (var (fault, times) in summary.Faults.All)
            output.WriteLine($"{fault}: {times}");
        return summary;
    }
}
