namespace GokaAkka.Testing.Simulation;

/// <summary>The clients of one process.</summary>
sealed class SimKafka(SimWorld world, SimProcess process) : IKafkaClient
{
    public string Description => "simulated Kafka";

    /// <summary>Called with each question for the offsets of a table's partition, at the moment at which the broker answers.</summary>
    public Action<TopicPartition> Asked { get; init; } = static _ => { };

    /// <summary>What a store ends with, for a defect that trusts it.</summary>
    public Func<int, long> StoreEnd { get; init; } = static _ => 0;

    /// <summary>What stands between partitions and their producer; usually nothing.</summary>
    public Func<IRecordProducer, IRecordProducer> Producers { get; init; } = static producer => producer;

    /// <summary>The member of its group; null before there is one.</summary>
    public SimConsumer? Consumer { get; private set; }

    public IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options) => Consumer = new SimConsumer(world, process, options);

    public ITableReader CreateTableReader(TableReaderOptions options) => new SimTableReader(world, process);

    public IRecordProducer CreateProducer(ProducerOptions options) => Producers(new SimProducer(world, process, options, () => Consumer));

    public ITopicManager CreateTopicManager() => new SimTopicManager(world, process, this);
}
