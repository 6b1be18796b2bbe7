using System.Diagnostics;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// The native clients' own lines: of SASL, TLS, DNS and connections some never become an error. Lines of one client and kind are passed on once a
/// minute, those of the client's <c>debug</c> setting and its statistics all. Any thread, the client's own among them: it is quick and never throws.
/// </summary>
/// <param name="write">Takes a syslog level and the line.</param>
sealed class ClientLog(Action<SyslogLevel, string> write)
{
    const string StatisticsKind = "STATISTICS";

    static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<(string Client, string Kind), long> _told = new();

    /// <summary>Passes nothing on.</summary>
    public static ClientLog None { get; } = new(static (_, _) => { });

    /// <summary>A client's statistics, as JSON: as often as its <c>statistics.interval.ms</c> says, by default never.</summary>
    public void Statistics(string client, string json) => Add(client, SyslogLevel.Notice, StatisticsKind, json);

    public void Add(LogMessage line) => Add(line.Name, line.Level, line.Facility, line.Message);

    public void Add(string client, SyslogLevel level, string kind, string text)
    {
        if (level < SyslogLevel.Debug && kind != StatisticsKind)
        {
            var now = Stopwatch.GetTimestamp();
            if (_told.TryGetValue((client, kind), out var last) && Stopwatch.GetElapsedTime(last, now) < Quiet)
                return;
            _told[(client, kind)] = now;
        }

        try
        {
            write(level, $"{client}: {kind}: {text}");
        }
        catch (Exception)
        {
            // Of whoever takes the line: the client's thread is not the place to hear of it.
        }
    }
}
