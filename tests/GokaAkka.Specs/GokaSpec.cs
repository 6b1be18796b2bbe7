using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

namespace GokaAkka.Specs;

/// <summary>The base of specs: an actor system on a Kafka in memory, with stores that outlive their processor.</summary>
public abstract class GokaSpec : TestKit
{
    protected const string Group = "counts";
    protected const string Table = "counts-table";

    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    static readonly Config Quick = ConfigurationFactory.ParseString(
        """
        akka.loglevel = WARNING
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        goka {
          processor {
            poll-timeout = 10ms
            commit-interval = 20ms
            drain-timeout = 10s
            restart { min-backoff = 10ms, max-backoff = 50ms, max-restarts = 3 }
          }
          table.flush-interval = 20ms
        }
        """);

    protected GokaSpec(ITestOutputHelper output, string config = "")
        : base(ConfigurationFactory.ParseString(config).WithFallback(Quick), "spec", output)
    {
        Kafka.CreateTopic("in", Partitions);
        Goka = GokaIn(Sys, Storage);
    }

    protected const int Partitions = 4;

    protected InMemoryKafka Kafka { get; } = new();

    protected KeptStorage Storage { get; } = new();

    protected Goka Goka { get; }

    /// <summary>goka's first example: counts the records of each key.</summary>
    protected static GroupGraph<long> Counting(Action<string>? called = null) => GroupGraph.Define<long>(Group, g => g
        .Input("in", Codec.String, (ctx, text) =>
        {
            called?.Invoke(text);
            ctx.SetValue(ctx.Value + 1);
        })
        .Persist(Codec.Int64));

    protected Goka GokaIn(ActorSystem system, IStorageProvider storage, IKafkaClient? kafka = null) =>
        Goka.Get(system, new GokaOptions { Kafka = kafka ?? Kafka, Storage = storage });

    /// <summary>Another actor system on the same Kafka; it ends with its processors or with the test.</summary>
    protected ActorSystem SecondSystem(string config = "")
    {
        var system = ActorSystem.Create("second", ConfigurationFactory.ParseString(config).WithFallback(Quick));
        _others.Add(system);
        return system;
    }

    /// <summary>Appends a record per key where the key belongs.</summary>
    protected void Send(params string[] keys)
    {
        foreach (var key in keys)
            SendTo(PartitionOf(key), key, "");
    }

    protected long SendTo(int partition, string key, string value) => Kafka.Append("in", partition, key, value);

    protected static int PartitionOf(string key) => Partitioners.Fnv1a.Partition(Encoding.UTF8.GetBytes(key), Partitions);

    /// <summary>Waits until the group has committed everything there is.</summary>
    protected void AwaitCommitted(string group = Group, string topic = "in") => AwaitAssert(
        () =>
        {
            for (var i = 0; i < Partitions; i++)
                (Kafka.CommittedOffset(group, topic, i) ?? 0).ShouldBe(Kafka.Offsets(topic, i).High, $"{topic}[{i}]");
        },
        Patience, TimeSpan.FromMilliseconds(20));

    protected void AwaitState(Processor processor, ProcessorState state) =>
        AwaitCondition(() => processor.State == state, Patience, TimeSpan.FromMilliseconds(20), $"{processor.State} becomes {state}");

    protected void Eventually(Action assertion) => AwaitAssert(assertion, Patience, TimeSpan.FromMilliseconds(20));

    protected override void AfterAll()
    {
        foreach (var system in _others)
            Shutdown(system, Patience);
        base.AfterAll();
    }

    readonly List<ActorSystem> _others = [];
}
