namespace GokaAkka.Testing;

/// <summary>
/// A Kafka cluster in memory: logs, consumer groups, transactions, compaction. Real processors, views and emitters run on it, on their own
/// threads; tests seed it, look into it and make it fail. Safe for concurrent use. Nothing waits by sleeping: whoever waits for a record, a
/// rebalance or an acknowledgement is woken by it.
/// </summary>
/// <remarks>Topics are made by hand or through the topic manager, never by being used.</remarks>
public sealed partial class InMemoryKafka : IKafkaClient, IGroupOffsets
{
    readonly ClusterHost _host;

    /// <summary>An empty cluster.</summary>
    public InMemoryKafka(InMemoryKafkaOptions? options = null) => _host = new ClusterHost(options ?? new InMemoryKafkaOptions());

    /// <inheritdoc/>
    public string Description => "in-memory Kafka";

    /// <inheritdoc/>
    public IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => new MemoryGroupConsumer(_host, options);

    /// <inheritdoc/>
    public ITableReader CreateTableReader(TableReaderOptions options) => new MemoryTableReader(_host, options);

    /// <inheritdoc/>
    public IRecordProducer CreateProducer(ProducerOptions options) => new MemoryProducer(_host, options);

    /// <inheritdoc/>
    public ITopicManager CreateTopicManager() => new MemoryTopicManager(_host);

    /// <summary>Waits until a condition on this cluster holds, looking again after every change of it; conditions on anything else are not noticed.</summary>
    /// <param name="condition">Called on this thread under the cluster's lock: quick, and not waiting for other threads.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <returns>False when the time ended first.</returns>
    public bool WaitUntil(Func<bool> condition, TimeSpan timeout) => _host.WaitUntil(timeout, condition);
}
