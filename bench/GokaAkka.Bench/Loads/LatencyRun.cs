using System.Diagnostics;
using System.Text.Json;

namespace GokaAkka.Bench.Loads;

/// <summary>One trial: starts the process under test, loads it from this one, and takes the figures.</summary>
static class LatencyRun
{
    static readonly TimeSpan ColdStart = TimeSpan.FromSeconds(10);
    static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    /// <exception cref="InvalidOperationException">The process under test has failed; what it complained of is in this program's own errors.</exception>
    public static async Task<LatencyFigures> Run(LatencyTrial trial, TimeSpan time)
    {
        await MakeTopics(trial).ConfigureAwait(false);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "goka-bench.dll"), LatencyWorker.Command, JsonSerializer.Serialize(trial)])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            await Said(process, LatencyWorker.Ready).ConfigureAwait(false);
            using var load = trial.Scenario.Rate > 0 ? new LatencyLoad(trial) : null;
            await Task.Delay(ColdStart).ConfigureAwait(false);
            var broker = BrokerTime.Find(trial.Broker.Bootstrap);
            var (at, cpu, brokerCpu) = (Stopwatch.GetTimestamp(), Cpu(process), broker?.Total());
            await Requests(process).ConfigureAwait(false);
            load?.Mark();
            await Task.Delay(time).ConfigureAwait(false);
            var elapsed = Stopwatch.GetElapsedTime(at).TotalSeconds;
            var figures = load?.Stop() ?? new LatencyFigures();
            var requests = await Requests(process).ConfigureAwait(false);
            return figures with
            {
                Cores = (Cpu(process) - cpu).TotalSeconds / elapsed,
                BrokerCores = (broker?.Total() - brokerCpu)?.TotalSeconds / elapsed,
                ProduceRequestsPerSecond = requests.Produce,
                FetchRequestsPerSecond = requests.Fetch,
            };
        }
        finally
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(StartTimeout))
                process.Kill();
        }
    }

    static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    /// <summary>The requests a second since the last time.</summary>
    static async Task<RequestRates> Requests(Process process)
    {
        await process.StandardInput.WriteLineAsync().ConfigureAwait(false);
        await process.StandardInput.FlushAsync().ConfigureAwait(false);
        return JsonSerializer.Deserialize<RequestRates>(await Said(process, "{").ConfigureAwait(false))!;
    }

    static async Task<string> Said(Process process, string beginning)
    {
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(StartTimeout).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal))
                return line;
        }

        throw new InvalidOperationException("The process under test has ended; what it complained of stands above.");
    }

    static async Task MakeTopics(LatencyTrial trial)
    {
        await using var run = new Cases.CaseRun(new Scenario { Case = LatencyCommand.Name, Partitions = trial.Scenario.Partitions }, trial.Broker, Path.GetTempPath());
        foreach (var topic in new[] { trial.Input, trial.Output, trial.Table })
        {
            if (trial.IsRaw || topic != trial.Table)
                await run.Topic(topic).ConfigureAwait(false);
        }
    }
}
