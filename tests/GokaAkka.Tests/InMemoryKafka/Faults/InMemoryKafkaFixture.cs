namespace GokaAkka.Testing.Tests;

/// <summary>An in-memory Kafka with a topic of two partitions, and short ways to run clients on it.</summary>
public abstract class InMemoryKafkaFixture : IDisposable
{
    protected const string Topic = "topic";
    protected const string Group = "group";
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    protected static readonly KafkaFault Refused = new("NotEnoughReplicas", "ordered by the test", FaultKind.Permanent);

    readonly List<IDisposable> _opened = [];

    protected InMemoryKafkaFixture(InMemoryKafkaOptions? options = null)
    {
        Kafka = new InMemoryKafka(options);
        Kafka.CreateTopic(Topic, 2);
    }

    protected InMemoryKafka Kafka { get; }

    protected IRecordProducer Producer => field ??= OpenProducer();

    protected DeliveryLog Deliveries { get; } = new();

    public void Dispose()
    {
        for (var i = _opened.Count - 1; i >= 0; i--)
            _opened[i].Dispose();
        GC.SuppressFinalize(this);
    }

    protected T Open<T>(T opened) where T : IDisposable
    {
        _opened.Add(opened);
        return opened;
    }

    protected IRecordProducer OpenProducer(string? transactionalId = null)
    {
        var producer = Open(Kafka.CreateProducer(new ProducerOptions("producer", transactionalId)));
        if (transactionalId is not null)
            producer.InitTransactions(Patience);
        return producer;
    }

    protected IRecordProducer OpenTransaction()
    {
        var producer = OpenProducer("id");
        producer.BeginTransaction();
        return producer;
    }

    protected PollingMember OpenAssigned(string clientId = "member", RebalanceProtocol rebalance = RebalanceProtocol.Eager)
    {
        var member = OpenMember(clientId, rebalance);
        member.AwaitAssignment(2);
        return member;
    }

    protected PollingMember OpenMember(string clientId = "member", RebalanceProtocol rebalance = RebalanceProtocol.Eager) =>
        Open(new PollingMember(Kafka.CreateGroupConsumer(new GroupConsumerOptions(Group, clientId, Rebalance: rebalance)), [Topic], Patience));

    protected TableLog OpenTable(int partition = 0, long from = 0, int batches = 1_000_000, string topic = Topic)
    {
        var log = new TableLog();
        Open(Open(Kafka.CreateTableReader(new TableReaderOptions("reader"))).Subscribe(topic, partition, from, log)).Request(batches);
        return log;
    }

    protected static void Send(IRecordSender producer, int partition, string value, IDeliveryListener? listener = null, int token = 0) =>
        producer.Send(Topic, partition, "k"u8, Encoding.UTF8.GetBytes(value), false, null, -1, listener, token);

    protected void Await(Func<bool> condition) => Kafka.WaitUntil(condition, Patience).ShouldBeTrue();
}
