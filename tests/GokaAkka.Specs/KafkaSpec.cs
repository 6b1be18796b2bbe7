using Akka.TestKit.Xunit2;

namespace GokaAkka.Specs;

/// <summary>An actor system on a Kafka in memory, with stores that outlive those who open them, and other systems beside it that end with the test.</summary>
public abstract class KafkaSpec : TestKit
{
    /// <summary>How long anything may take before a test calls it hanging.</summary>
    protected internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly List<ActorSystem> _others = [];

    protected KafkaSpec(ITestOutputHelper output, string name, string config) : base(ConfigurationFactory.ParseString(config), name, output) =>
        Goka = GokaIn(Sys, Storage);

    protected InMemoryKafka Kafka { get; } = new();

    protected KeptStorage Storage { get; } = new();

    /// <summary>GokaAkka in the test's own system.</summary>
    protected Goka Goka { get; }

    protected Goka GokaIn(ActorSystem system, IStorageProvider storage, IKafkaClient? kafka = null) =>
        Goka.Get(system, new GokaOptions { Kafka = kafka ?? Kafka, Storage = storage });

    /// <summary>Starts another system: another node, as far as Kafka and this one can tell.</summary>
    protected ActorSystem AnotherSystem(string name, string config)
    {
        var system = ActorSystem.Create(name, ConfigurationFactory.ParseString(config));
        _others.Add(system);
        return system;
    }

    protected override void AfterAll()
    {
        foreach (var system in _others)
            Shutdown(system, Patience);
        base.AfterAll();
    }
}
