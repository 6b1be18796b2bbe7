namespace GokaAkka.Simulation.Tests;

public sealed class ReplayTests
{
    [Fact]
    public void A_seed_must_run_the_same_way_twice()
    {
        for (var seed = 1UL; seed <= 50; seed++)
        {
            var (first, second) = (SimulationRun.Run(new SimulationOptions(seed)), SimulationRun.Run(new SimulationOptions(seed)));

            (second.TraceHash, second.Events).ShouldBe((first.TraceHash, first.Events), $"seed {seed}");
        }
    }

    [Fact]
    public void A_seed_must_run_the_same_way_when_somebody_reads_along()
    {
        using var text = new StringWriter();

        var read = SimulationRun.Run(new SimulationOptions(7) { Trace = text });

        read.TraceHash.ShouldBe(SimulationRun.Run(new SimulationOptions(7)).TraceHash);
        text.ToString().ShouldContain("everything is healed");
    }

    [Fact]
    public void Seeds_must_run_in_different_ways() =>
        SimulationRun.Run(new SimulationOptions(1)).TraceHash.ShouldNotBe(SimulationRun.Run(new SimulationOptions(2)).TraceHash);

    [Fact]
    public async Task A_seed_must_run_the_same_way_in_another_process()
    {
        // Hash codes of strings differ from process to process: nothing may depend on them.
        foreach (var seed in new ulong[] { 3, 11, 42 })
        {
            var here = SimulationRun.Run(new SimulationOptions(seed)).TraceHash;

            var there = await Tool("sim", "--seed", $"{seed}", "--quiet");

            there.ShouldContain($"trace {here:x16} ");
        }
    }

    static async Task<string> Tool(params string[] arguments)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var root = output;
        while (!File.Exists(Path.Combine(root.FullName, "GokaAkka.sln")))
            root = root.Parent ?? throw new DirectoryNotFoundException($"No GokaAkka.sln above {output.FullName}.");
        // Built with the same configuration for the same framework: bin/CONFIGURATION/FRAMEWORK.
        var tool = Path.Combine(root.FullName, "src/GokaAkka.Cli/bin", output.Parent!.Name, output.Name, "goka.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [tool, .. arguments]) { RedirectStandardOutput = true })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var text = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return text;
    }
}
