namespace GokaAkka.Specs.GokaMap;

/// <summary>
/// What goka does, asked of real processors, views and emitters on a cluster in memory. Intervals are short, so that what waits for a timer
/// waits for milliseconds.
/// </summary>
public abstract class MapSpec : KafkaSpec
{
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

    readonly string _hocon;

    protected MapSpec(ITestOutputHelper output, string hocon = "") : base(output, "map", Short + hocon) => _hocon = Short + hocon;

    /// <summary>Counts the records of each key.</summary>
    protected static GroupGraph<long> Counts => GroupGraph.Define<long>("g", g => g
        .Input("in", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
        .Persist(Codec.Int64));

    /// <summary>Emits what it reads.</summary>
    protected static GroupGraph<Stateless> Copying => GroupGraph.Define("g", g => g
        .Input("in", Codec.String, (ctx, value) => ctx.Emit("out", ctx.Key, value))
        .Output("out", Codec.String));

    /// <summary>GokaAkka in another system: another node, as far as the cluster and this one can tell.</summary>
    protected Goka OtherNode(string name, IStorageProvider? stores = null, string hocon = "", IKafkaClient? kafka = null) =>
        GokaIn(AnotherSystem(name, $"{_hocon}\ngoka.kafka.client-id = {name}\n{hocon}"), stores ?? new KeptStorage(), kafka);

    /// <summary>Starts a processor, of inputs and outputs that are made with one partition where they are missing, and waits until it processes.</summary>
    protected Task<Processor<TState>> Running<TState>(GroupGraph<TState> graph, ProcessorOptions? options = null)
    {
        foreach (var topic in graph.InputStreams.Concat(graph.OutputStreams).Where(t => Kafka.Topic(t) is null))
            Kafka.CreateTopic(topic);
        return Goka.Process(graph, options).Running();
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

    /// <summary>Lets the polling thread and the commits of other groups go on for a while: until a group of its own has committed something.</summary>
    protected async Task Proceed()
    {
        var clock = await Running(GroupGraph.Define("clock-group", g => g.Input("clock", Codec.String, (_, _) => { })));
        for (var i = 1; i <= 5; i++)
        {
            Kafka.Append("clock", 0, "k", "tick");
            AwaitCommitted("clock-group", "clock", 0, i);
        }

        await clock.Stop().WaitAsync(Patience);
    }

    /// <summary>The bytes of a text.</summary>
    protected static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>One header.</summary>
    protected static Headers Header(string name, string value) => Headers.Of(name, value);
}
