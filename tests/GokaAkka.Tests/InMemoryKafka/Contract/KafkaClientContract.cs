namespace GokaAkka.Testing.Tests;

/// <summary>
/// What every implementation of the seam to Kafka must do. One abstract class per capability, so that an implementation on a broker that lacks
/// one leaves that class out.
/// </summary>
/// <param name="client">The client under test: of a cluster in memory of the test's own, unless it is another.</param>
public abstract class KafkaClientContract(IKafkaClient? client = null) : IDisposable
{
    /// <summary>Is in all names of this run, so that what it leaves on brokers can be found.</summary>
    public static readonly string Run = $"{Guid.NewGuid():N}"[..8];

    readonly List<IDisposable> _opened = [];
    InMemoryKafka? _memory;

    protected virtual IKafkaClient Client => client ?? (_memory ??= new InMemoryKafka());

    /// <summary>How long anything may take before a test fails.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromSeconds(30);

    /// <summary>How group members hand partitions over.</summary>
    protected virtual RebalanceProtocol Rebalance => RebalanceProtocol.Eager;

    /// <summary>The test's own topic, made when it is first asked for.</summary>
    protected string Topic => field ??= NewTopic();

    /// <summary>The same with two partitions.</summary>
    protected string WideTopic => field ??= NewTopic(2);

    protected string Group { get; } = Unique("group");

    protected IRecordProducer Producer => field ??= OpenProducer();

    protected DeliveryLog Deliveries { get; } = new();

    protected ITableReader Reader => field ??= Open(Client.CreateTableReader(new TableReaderOptions("reader")));

    protected TableLog Log { get; } = new();

    /// <summary>Makes a topic; through the topic manager, unless the broker has another way.</summary>
    protected virtual void MakeTopic(string topic, int partitions)
    {
        using var manager = Client.CreateTopicManager();
        manager.Create(new TopicSpec(topic, partitions)).WaitAsync(Patience).GetAwaiter().GetResult();
    }

    /// <summary>Closes what the test has opened, last first.</summary>
    public virtual void Dispose()
    {
        for (var i = _opened.Count - 1; i >= 0; i--)
            _opened[i].Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A topic of its own name.</summary>
    protected string NewTopic(int partitions = 1)
    {
        var topic = Unique("topic");
        MakeTopic(topic, partitions);
        return topic;
    }

    public static string Unique(string what) => $"{what}-{Run}-{Guid.NewGuid():N}"[..(what.Length + 18)];

    protected T Open<T>(T opened) where T : IDisposable
    {
        _opened.Add(opened);
        return opened;
    }

    protected IRecordProducer OpenProducer(string? transactionalId = null) =>
        Open(Client.CreateProducer(new ProducerOptions("producer", transactionalId)));

    protected PollingMember OpenMember(string group, string[] topics, string clientId = "member") =>
        Open(new PollingMember(Client.CreateGroupConsumer(new GroupConsumerOptions(group, clientId, Rebalance)), topics, Patience));

    /// <summary>Opens a member of the test's group and waits until it has so many partitions of a topic.</summary>
    protected PollingMember OpenAssigned(string topic, int partitions, string clientId = "member")
    {
        var member = OpenMember(Group, [topic], clientId);
        member.AwaitAssignment(partitions);
        return member;
    }

    /// <summary>Sends records and waits until they are delivered.</summary>
    protected void Produce(string topic, int partition, params (string Key, string? Value)[] records)
    {
        using var producer = Client.CreateProducer(new ProducerOptions("seeder"));
        var listener = new DeliveryLog();
        for (var i = 0; i < records.Length; i++)
            Send(producer, topic, partition, records[i].Key, records[i].Value, listener, i);
        producer.Flush(Patience).ShouldBeTrue();
        listener.Faults.ShouldBeEmpty();
    }

    protected static void Send(
        IRecordSender producer, string topic, int partition, string key, string? value, IDeliveryListener? listener = null, int token = 0,
        Headers? headers = null, long timestamp = -1) =>
        producer.Send(
            topic, partition, Encoding.UTF8.GetBytes(key), value is null ? default : Encoding.UTF8.GetBytes(value), value is null, headers, timestamp,
            listener, token);
}
