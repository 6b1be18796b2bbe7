using Akka.Configuration;
using GokaAkka.Actors;
using GokaAkka.Nodes;
using GokaAkka.Testing;

namespace GokaAkka.Cli.Nodes;

/// <summary>
/// The nodes of a process, all with the same HOCON. The first may have ports that are set; the others take any port for the cluster, and the following ones for
/// the monitor and commands. Where the HOCON names no seed nodes, they join the first.
/// </summary>
sealed class NodeFleet : IAsyncDisposable
{
    const string BrokersVariable = "GOKA_KAFKA_BOOTSTRAP_SERVERS";

    readonly Config _config;
    readonly int _count;
    readonly TextWriter _output;
    readonly NodeSettings _settings;
    readonly EmbeddedBroker? _broker;

    /// <exception cref="ConfigurationException">The HOCON makes no sense.</exception>
    public NodeFleet(Config config, int count, TextWriter output)
    {
        _config = config;
        _count = count;
        _output = output;
        var settings = GokaSettings.Create(config.WithFallback(GokaSettings.DefaultConfig()));
        _settings = settings.Node;
        if (_settings.EmbeddedBroker && Environment.GetEnvironmentVariable(BrokersVariable) is null or "")
            _broker = EmbeddedBroker.Start();
    }

    /// <summary>Runs them until all are told to stop, or have left one by one; when one fails, the others stop, too.</summary>
    public async Task Run(CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var first = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = new List<Task> { Run(0, null, first, end) };
        await Task.WhenAny(first.Task, running[0]).ConfigureAwait(false);
        if (first.Task.IsCompletedSuccessfully)
        {
            for (var i = 1; i < _count; i++)
                running.Add(Run(i, await first.Task.ConfigureAwait(false), first, end));
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _broker?.DisposeAsync() ?? ValueTask.CompletedTask;

    async Task Run(int number, string? seed, TaskCompletionSource<string> first, CancellationTokenSource end)
    {
        try
        {
            // Beside the others: a system takes its time to start.
            await Task.Yield();
            await GokaNode.Run(
                ConfigOf(number, seed), node => Start(node, number, first), new GokaOptions { Settings = BrokerSettings() }, end.Token).ConfigureAwait(false);
        }
        catch
        {
            await end.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task Start(GokaNode node, int number, TaskCompletionSource<string> first)
    {
        node.Goka.Commands.Add(SimPalette.Create());
        if (_settings.Clicks)
            await ClicksExample.Start(node, _settings, emits: number == 0).ConfigureAwait(false);
        new NodeParts(node).Start();
        var report = node.Goka.Inspector.Describe();
        var commands = node.Goka.WebAddress is { } where ? $"commands on {where.Host}:{where.Port}" : "no commands (goka.web.enabled is off)";
        await _output.WriteLineAsync(
            $"node {(number + 1).ToString(CultureInfo.InvariantCulture)} | {report.Address} | {commands} | "
            + $"{(report.Groups.Count == 0 ? "no group" : string.Join(", ", report.Groups.Select(static g => g.Group)))}").ConfigureAwait(false);
        await _output.FlushAsync().ConfigureAwait(false);
        first.TrySetResult(report.Address);
    }

    Config ConfigOf(int number, string? seed)
    {
        if (_count == 1)
            return _config;
        var whole = _config.WithFallback(GokaSettings.DefaultConfig());
        var own = new List<string>();
        // Stores belong to one node.
        if (GokaSettings.Create(whole).StorageDirectory is { Length: > 0 } directory)
            own.Add($"goka.storage.directory = {Quoted(Path.Combine(directory, $"node-{number + 1}"))}");
        if (number > 0)
        {
            if (_settings.Id.Length > 0)
                own.Add($"goka.node.id = {Quoted($"{_settings.Id}-{number + 1}")}");
            own.Add("akka.remote.dot-netty.tcp.port = 0");
            if (int.TryParse(whole.GetString("goka.web.port"), CultureInfo.InvariantCulture, out var port) && port > 0)
                own.Add($"goka.web.port = {port + number}");
            if (whole.GetStringList("akka.cluster.seed-nodes") is null or { Count: 0 })
                own.Add($"akka.cluster.seed-nodes = [{Quoted(seed!)}]");
        }

        return ConfigurationFactory.ParseString(string.Join('\n', own)).WithFallback(_config);
    }

    Config? BrokerSettings() => _broker is null ? null : ConfigurationFactory.ParseString(
        $"""
        goka.kafka.bootstrap-servers = {Quoted(_broker.BootstrapServers)}
        goka.kafka.embedded-control = {Quoted(_broker.ControlAddress)}
        """);

    // HOCON's quoted strings are JSON's.
    static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
}
