using System.Globalization;
using System.Text.Json;
using Akka.Configuration;

namespace GokaAkka.FaultWorker;

/// <summary>
/// The arguments, each <c>--name value</c>: bootstrap, control (of an embedded broker), group, topic, out, delivery, data, name, and, if
/// wanted, slow-key with slow-ms and slow-times, for callbacks that are slow; config, HOCON that goes over everything; signals akka, for a program that
/// takes none itself; minutes, after which it ends by itself.
/// </summary>
sealed class WorkerSettings
{
    readonly Dictionary<string, string> _given = [];

    public WorkerSettings(string[] args)
    {
        for (var i = 0; i + 1 < args.Length; i += 2)
            _given[args[i]] = args[i + 1];
    }

    public string Group => Required("--group");

    public string Topic => Required("--topic");

    public string Out => Required("--out");

    /// <summary>Which worker it is, told with everything it emits.</summary>
    public string Name => Required("--name");

    /// <summary>The key whose callbacks are slow; null for none, <c>*</c> for all.</summary>
    public string? SlowKey => _given.GetValueOrDefault("--slow-key");

    public TimeSpan Slowness => TimeSpan.FromMilliseconds(Number("--slow-ms"));

    /// <summary>How many callbacks of the slow key are slow.</summary>
    public int SlowTimes => Number("--slow-times");

    public bool LeavesSignalsToAkka => _given.GetValueOrDefault("--signals") == "akka";

    public TimeSpan Longest => TimeSpan.FromMinutes(Number("--minutes", "30"));

    public Config Config() => ConfigurationFactory.ParseString(_given.GetValueOrDefault("--config", "")).WithFallback(
        ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = WARNING
              stdout-loglevel = WARNING
              coordinated-shutdown.phases.before-cluster-shutdown.timeout = 40s
            }
            goka {
              kafka {
                bootstrap-servers = {{Quoted(Required("--bootstrap"))}}
                embedded-control = {{Quoted(_given.GetValueOrDefault("--control", ""))}}
              }
              processor {
                delivery = {{Required("--delivery")}}
                transaction.timeout = 5s
              }
              storage.directory = {{Quoted(Required("--data"))}}
            }
            """));

    string Required(string name) =>
        _given.GetValueOrDefault(name) ?? throw new ArgumentException($"{name} is missing; given are: {string.Join(" ", _given.Keys)}.");

    int Number(string name, string otherwise = "0") => int.Parse(_given.GetValueOrDefault(name, otherwise), CultureInfo.InvariantCulture);

    // HOCON's quoted strings are JSON's.
    static string Quoted(string text) => JsonSerializer.Serialize(text);
}
