using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

namespace GokaAkka.Specs.GokaMap;

/// <summary>
/// What goka does, asked of real processors, views and emitters on a cluster in memory. Intervals are short, so that what waits for a timer
/// waits for milliseconds.
/// </summary>
public abstract class MapSpec : TestKit
{
    /// <summary>How long anything may take before a test calls it hanging.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    const string Short = """
        akka.loglevel = WARNING
        goka.processor {
          poll-timeout = 20ms
          commit-interval = 5ms
          drain-timeout = 10s
          restart { min-backoff = 10ms, max-backoff = 20ms, max-restarts = 10 }
        }
        goka.table.flush-interval = 10ms
        goka.view {
          restart { min-backoff = 10ms, max-backoff = 20ms }
          check-interval = 10ms
          check-timeout = 50ms
        }
        """;

    readonly List<ActorSystem> _others = [];

    protected MapSpec(ITestOutputHelper output, string hocon = "")
        : base(ConfigurationFactory.ParseString(hocon).WithFallback(ConfigurationFactory.ParseString(Short)), "map", output) =>
        Goka = Start(Sys);

    /// <summary>The cluster.</summary>
    protected InMemoryKafka Kafka { get; } = new();

    /// <summary>The stores, which outlive the processors and views that open them.</summary>
    protected KeptStorage Stores { get; } = new();

    /// <summary>GokaAkka in the test's own system.</summary>
    protected Goka Goka { get; }

    /// <summary>GokaAkka in another system: another node, as far as the cluster and this one can tell.</summary>
    protected Goka OtherNode(string name, IStorageProvider? stores = null, string hocon = "", IKafkaClient? kafka = null)
    {
        var config = ConfigurationFactory.ParseString($"goka.kafka.client-id = {name}\n{hocon}").WithFallback(Sys.Settings.Config);
        var other = ActorSystem.Create(name, config);
        _others.Add(other);
        return Start(other, stores ?? new KeptStorage(), kafka);
    }

    /// <summary>The system of another node.</summary>
    protected ActorSystem OtherSystem(string name) => _others.Single(s => s.Name == name);

    /// <summary>Starts a processor and waits until it processes.</summary>
    protected async Task<Processor<TState>> Running<TState>(GroupGraph<TState> graph, ProcessorOptions? options = null)
    {
        var processor = Goka.Process(graph, options);
        await processor.Ready.WaitAsync(Patience);
        return processor;
    }

    /// <summary>Waits until the group has committed up to an offset.</summary>
    protected void AwaitCommitted(string group, string topic, int partition, long offset) => AwaitCluster(
        () => Kafka.CommittedOffset(group, topic, partition) == offset,
        () => $"group {group} has committed {Kafka.CommittedOffset(group, topic, partition)} of {topic}[{partition}], not {offset}");

    /// <summary>How many records of partition 0 the group has committed: with none committed it may or may not have said so.</summary>
    protected long Committed(string group, string topic) => Kafka.CommittedOffset(group, topic, 0) ?? 0;

    /// <summary>Waits until a topic holds as many records.</summary>
    protected IReadOnlyList<KafkaRecord> AwaitRecords(string topic, int count)
    {
        AwaitCluster(() => Kafka.Topic(topic) is not null && Kafka.Read(topic).Count >= count, () => $"{topic} has {Kafka.Read(topic).Count} records, not {count}");
        return Kafka.Read(topic);
    }

    /// <summary>Waits until something holds on the cluster.</summary>
    protected void AwaitCluster(Func<bool> condition, Func<string> otherwise) => Kafka.WaitUntil(condition, Patience).ShouldBeTrue(otherwise());

    /// <summary>Waits until something holds.</summary>
    protected void Await(Func<bool> condition, string what) => AwaitCondition(condition, Patience, TimeSpan.FromMilliseconds(2), what);

    /// <summary>The bytes of a text.</summary>
    protected static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>One header.</summary>
    protected static Headers Header(string name, string value) => Headers.Of(name, value);

    protected override void AfterAll()
    {
        foreach (var other in _others)
            Shutdown(other, Patience);
        base.AfterAll();
    }

    Goka Start(ActorSystem system, IStorageProvider? stores = null, IKafkaClient? kafka = null) =>
        Goka.Get(system, new GokaOptions { Kafka = kafka ?? Kafka, Storage = stores ?? Stores });
}
