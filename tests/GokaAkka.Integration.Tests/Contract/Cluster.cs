using GokaAkka.Kafka.Confluent;

namespace GokaAkka.Integration.Tests.Contract;

/// <summary>An embedded broker, unless there are real ones, and the real client on it with settings that make groups quick there.</summary>
public sealed class Cluster : IDisposable
{
    readonly EmbeddedBroker? _broker = RealBrokers.Bootstrap is null ? EmbeddedBroker.Start() : null;

    public Cluster() => Client = new ConfluentKafkaClient(Settings());

    public EmbeddedBroker Broker => _broker ?? throw new InvalidOperationException("This test needs an embedded broker, and here are real ones.");

    internal IKafkaClient Client { get; }

    /// <summary>A client with native settings of its own.</summary>
    internal IKafkaClient ClientWith(
        Dictionary<string, string>? consumer = null, Dictionary<string, string>? table = null, Dictionary<string, string>? producer = null,
        TimeSpan? connectTimeout = null)
    {
        var settings = Settings();
        return new ConfluentKafkaClient(settings with
        {
            ConnectTimeout = connectTimeout ?? settings.ConnectTimeout,
            Consumer = With(settings.Consumer, consumer),
            TableConsumer = With(settings.TableConsumer, table),
            Producer = With(settings.Producer, producer),
        });
    }

    /// <summary>A client of other brokers.</summary>
    internal IKafkaClient ClientOf(string brokers) => new ConfluentKafkaClient(Settings() with { BootstrapServers = brokers });

    public void Dispose() => _broker?.Dispose();

    KafkaSettings Settings() => new()
    {
        BootstrapServers = RealBrokers.Bootstrap ?? Broker.BootstrapServers,
        EmbeddedControl = _broker?.ControlAddress ?? "",
        ClientId = "test",
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ReplicationFactor = null,
        LoopRetention = null,
        DeadLetterRetention = null,
        OnMismatch = MismatchPolicy.Fail,
        CreateTopics = true,
        Client = new Dictionary<string, string> { ["reconnect.backoff.ms"] = "20", ["reconnect.backoff.max.ms"] = "200" },
        Consumer = new Dictionary<string, string>
        {
            // The lowest that brokers let join, for the shortest rebalance.
            ["session.timeout.ms"] = _broker is null ? "6000" : $"{Clients.Session}",
            ["heartbeat.interval.ms"] = $"{Clients.Heartbeat}",
            ["fetch.wait.max.ms"] = "10",
        },
        TableConsumer = new Dictionary<string, string> { ["fetch.wait.max.ms"] = "10" },
        Producer = new Dictionary<string, string> { ["linger.ms"] = "1" },
    };

    static Dictionary<string, string> With(IReadOnlyDictionary<string, string> settings, Dictionary<string, string>? more)
    {
        var all = new Dictionary<string, string>(settings);
        foreach (var (name, value) in more ?? [])
            all[name] = value;
        return all;
    }
}
