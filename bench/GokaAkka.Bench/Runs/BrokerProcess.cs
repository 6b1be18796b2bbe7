using System.Diagnostics;

namespace GokaAkka.Bench.Runs;

/// <summary>An embedded broker in a process of its own: <c>goka broker</c>. It ends when it is disposed.</summary>
sealed class BrokerProcess : IDisposable
{
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    readonly Process _process;

    BrokerProcess(Process process) => _process = process;

    /// <summary>Starts a broker without topics.</summary>
    /// <exception cref="InvalidOperationException">It did not start; what it complained of is in this program's own errors.</exception>
    public static async Task<(BrokerProcess Process, BrokerAddress Address)> Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "goka.dll"), "broker"]) { RedirectStandardOutput = true };
        var broker = new BrokerProcess(Process.Start(start)!);
        try
        {
            return (broker, new BrokerAddress(await broker.Said("bootstrap=").ConfigureAwait(false), await broker.Said("control=").ConfigureAwait(false)));
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    // It prints where it is once it takes connections.
    async Task<string> Said(string name)
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync().WaitAsync(StartTimeout).ConfigureAwait(false) is { } line)
            {
                if (line.StartsWith(name, StringComparison.Ordinal))
                    return line[name.Length..];
            }
        }
        catch (TimeoutException)
        {
            // As if it had ended.
        }

        throw new InvalidOperationException($"'goka broker' did not say '{name}…' within {StartTimeout.TotalSeconds:0} s; what it complained of stands above.");
    }
}
