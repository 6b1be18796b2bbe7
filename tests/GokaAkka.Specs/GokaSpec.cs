namespace GokaAkka.Specs;

/// <summary>The base of specs of a group that counts the records of a topic with four partitions.</summary>
public abstract class GokaSpec : KafkaSpec
{
    protected const string Group = "counts";
    protected const string Table = "counts-table";

    const string Quick =
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

        """;

    protected GokaSpec(ITestOutputHelper output, string config = "") : base(output, "spec", Quick + config) => Kafka.CreateTopic("in", Partitions);

    protected const int Partitions = 4;

    /// <summary>goka's first example: counts the records of each key.</summary>
    protected static GroupGraph<long> Counting(Action<string>? called = null) => GroupGraph.Define<long>(Group, g => g
        .Input("in", Codec.String, (ctx, text) =>
        {
            called?.Invoke(text);
            ctx.SetValue(ctx.Value + 1);
        })
        .Persist(Codec.Int64));

    /// <summary>Another actor system on the same Kafka; it ends with its processors or with the test.</summary>
    protected ActorSystem SecondSystem(string config = "") => AnotherSystem("second", Quick + config);

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

    /// <summary>Each key has the count, where its partition is.</summary>
    protected static async Task ShouldHave(IEnumerable<string> keys, long count, params Processor<long>[] processors)
    {
        foreach (var key in keys)
            (await processors.Single(p => processors.Length == 1 || RunningOf(p).Contains(PartitionOf(key))).Get(key)).ShouldBe(count, key);
    }

    protected static List<int> RunningOf(Processor processor) =>
        [.. processor.Partitions.Where(p => p.State == PartitionState.Running).Select(p => p.Partition)];

    protected void AwaitState(Processor processor, ProcessorState state) =>
        AwaitCondition(() => processor.State == state, Patience, TimeSpan.FromMilliseconds(20), $"{processor.State} becomes {state}");

    protected void Eventually(Action assertion) => AwaitAssert(assertion, Patience, TimeSpan.FromMilliseconds(20));
}
