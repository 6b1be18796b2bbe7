using System.Diagnostics;
using System.Text.Json;

namespace GokaAkka.Bench.Runs;

/// <summary>
/// Runs one case in a process of its own, so that each has the same start and its memory is its own. The scenario goes in on the command
/// line, the figures come back as a line of the output.
/// </summary>
static class ChildProcess
{
    public const string Command = "measure";

    static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <exception cref="InvalidOperationException">The run failed or took too long; the message names the scenario and has its last words.</exception>
    public static async Task<Measured> Run(Scenario scenario, BrokerAddress broker)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "goka-bench.dll"), Command, JsonSerializer.Serialize(scenario), JsonSerializer.Serialize(broker),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        var lines = (await output.ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // What the actor system says as it ends comes after the figures.
        if (process.ExitCode == 0 && Array.FindLast(lines, l => l.StartsWith('{')) is { } figures)
            return JsonSerializer.Deserialize<Measured>(figures)!;
        var said = string.Join(Environment.NewLine, lines.Append(await errors.ConfigureAwait(false)).TakeLast(40));
        throw new InvalidOperationException($"The run '{scenario}' {(limit.IsCancellationRequested ? $"took longer than {Limit}" : "failed")}: {said}");
    }

    /// <summary>The other end: runs the case and writes its figures.</summary>
    public static async Task<int> Serve(string scenario, string broker)
    {
        var directory = Path.Combine(Path.GetTempPath(), $"goka-bench-{Environment.ProcessId}");
        try
        {
            await using var run = new Cases.CaseRun(
                JsonSerializer.Deserialize<Scenario>(scenario)!, JsonSerializer.Deserialize<BrokerAddress>(broker)!, directory);
            // Makes the native client found, for the plain client as well, and gives every case the same process.
            _ = run.Goka.Kafka;
            var measured = await Cases.CaseList.Run(run).ConfigureAwait(false);
            Console.WriteLine(JsonSerializer.Serialize(measured));
            return 0;
        }
        finally
        {
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }
}
