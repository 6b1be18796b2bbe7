using System.Diagnostics;

namespace GokaAkka.Bench.Runs;

/// <summary>An embedded broker in a process of its own: <c>goka broker</c>. It ends when it is disposed.</summary>
sealed class BrokerProcess : IDisposable
{
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    readonly Process _process;
    readonly string _addressFile;

    BrokerProcess(Process process, string addressFile)
    {
        _process = process;
        _addressFile = addressFile;
    }

    /// <summary>Starts a broker without topics.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message has what it said.</exception>
    public static async Task<(BrokerProcess Process, BrokerAddress Address)> Start()
    {
        var file = Path.Combine(Path.GetTempPath(), $"goka-bench-{Environment.ProcessId}-{Guid.NewGuid():N}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "goka.dll"), "broker", "--address-file", file])
        {
            RedirectStandardOutput = true,
        };
        var broker = new BrokerProcess(Process.Start(start)!, file);
        var began = TimeProvider.System.GetTimestamp();
        while (!File.Exists(file))
        {
            if (broker._process.HasExited || TimeProvider.System.GetElapsedTime(began) > StartTimeout)
            {
                broker.Dispose();
                throw new InvalidOperationException("'goka broker' did not start; what it said stands above.");
            }

            await Task.Delay(20).ConfigureAwait(false);
        }

        var lines = (await File.ReadAllLinesAsync(file).ConfigureAwait(false)).Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => l[1]);
        return (broker, new BrokerAddress(lines["bootstrap"], lines["control"]));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_addressFile);
    }
}
