using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;

namespace GokaAkka.Bench.Loads;

/// <summary>The processor time of the brokers that listen on this machine.</summary>
sealed class BrokerTime(IReadOnlyList<Process> brokers)
{
    /// <summary>Those of a bootstrap list; null where one is not on this machine, or the system does not tell (it does on Linux).</summary>
    public static BrokerTime? Find(string bootstrap)
    {
        var ports = bootstrap.Split(',').Select(static b => int.Parse(b[(b.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture)).ToList();
        if (!OperatingSystem.IsLinux() || !ports.TrueForAll(static p => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == p)))
            return null;
        var found = ports.Select(static p => Owner($"{p:X4}")).OfType<Process>().DistinctBy(static p => p.Id).ToList();
        return found.Count == 0 ? null : new BrokerTime(found);
    }

    public TimeSpan Total() => brokers.Aggregate(TimeSpan.Zero, static (sum, broker) =>
    {
        broker.Refresh();
        return sum + broker.TotalProcessorTime;
    });

    static Process? Owner(string port)
    {
        const string Listening = "0A";
        var sockets = new[] { "/proc/net/tcp", "/proc/net/tcp6" }.SelectMany(File.ReadLines).Skip(1).Select(static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f.Length > 9 && f[3] == Listening && f[1].EndsWith(":" + port, StringComparison.Ordinal)).Select(static f => $"socket:[{f[9]}]").ToHashSet();
        return Process.GetProcesses().FirstOrDefault(p => Files(p).Any(sockets.Contains));
    }

    static IEnumerable<string> Files(Process process)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"/proc/{process.Id}/fd").Select(static f => new FileInfo(f).LinkTarget ?? "")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
            return [];
        }
    }
}
