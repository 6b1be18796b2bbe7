using Akka.Actor;
using GokaAkka.Testing;

namespace GokaAkka.Samples;

/// <summary>All that a sample runs on: a broker of its own unless one was given, a place for local stores, an actor system with GokaAkka.</summary>
sealed class SampleNode : IAsyncDisposable
{
    readonly EmbeddedBroker? _broker;
    readonly DirectoryInfo? _temporary;
    readonly ActorSystem _system;

    SampleNode(NodeSettings settings, EmbeddedBroker? broker, IReadOnlyList<string> topics)
    {
        Settings = settings;
        _broker = broker;
        foreach (var topic in topics)
            broker?.CreateTopic(topic, settings.Partitions);
        Brokers = broker?.BootstrapServers ?? settings.Bootstrap!;
        IsEmbedded = broker is not null || settings.Control is not null;
        if (settings.Store is null)
            _temporary = Directory.CreateTempSubdirectory($"goka-{settings.Sample}-");
        StoreDirectory = _temporary?.FullName ?? Path.GetFullPath(settings.Store!);
        _system = ActorSystem.Create(
            settings.Sample, NodeConfig.Create(Brokers, broker?.ControlAddress ?? settings.Control, StoreDirectory, settings.Verbose));
        Goka = Goka.Get(_system);
    }

    public NodeSettings Settings { get; }

    public Goka Goka { get; }

    public string Brokers { get; }

    /// <summary>Whether the broker is embedded, here or in a process of its own.</summary>
    public bool IsEmbedded { get; }

    /// <summary>Whether the broker ends with this process.</summary>
    public bool OwnsBroker => _broker is not null;

    public string StoreDirectory { get; }

    /// <summary>Starts the broker, when none was given, with these topics; and the actor system.</summary>
    public static SampleNode Start(NodeSettings settings, IReadOnlyList<string> topics)
    {
        var broker = settings.Bootstrap is null ? EmbeddedBroker.Start(new EmbeddedBrokerOptions()) : null;
        try
        {
            return new SampleNode(settings, broker, topics);
        }
        catch
        {
            broker?.Dispose();
            throw;
        }
    }

    /// <summary>Prints where things are.</summary>
    public void PrintPlaces(string what, IEnumerable<string> topics)
    {
        Console.WriteLine(what);
        Console.WriteLine($"  broker  {Brokers}{(OwnsBroker ? " (embedded, ends with this program)" : "")}");
        Console.WriteLine($"  topic   {string.Join(", ", topics)}{(OwnsBroker ? $" ({Settings.Partitions} partitions)" : "")}");
        Console.WriteLine($"  group   {Settings.Group}");
        Console.WriteLine($"  table   {Settings.Group}-table");
        Console.WriteLine($"  store   {StoreDirectory}{(_temporary is null ? "" : " (temporary)")}");
    }

    /// <summary>Stops processors, the system, the broker, in this order; removes the temporary store.</summary>
    public async ValueTask DisposeAsync()
    {
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance);
        _broker?.Dispose();
        _temporary?.Delete(recursive: true);
    }
}
