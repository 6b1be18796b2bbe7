namespace GokaAkka.Kafka;

/// <summary>
/// One Kafka cluster as this library needs it. The only way to Kafka: implemented on Confluent.Kafka for production and in memory for tests.
/// Safe for concurrent use; creating a part connects in the background and does not fail when no broker answers.
/// </summary>
public interface IKafkaClient
{
    /// <summary>Where the cluster is, for messages to people.</summary>
    string Description { get; }

    /// <summary>A member of a consumer group that reads input topics.</summary>
    IGroupConsumer CreateGroupConsumer(GroupConsumerOptions options);

    /// <summary>A reader of table partitions, outside any group.</summary>
    ITableReader CreateTableReader(TableReaderOptions options);

    /// <summary>A producer.</summary>
    IRecordProducer CreateProducer(ProducerOptions options);

    /// <summary>Describes, checks and makes topics.</summary>
    ITopicManager CreateTopicManager();
}

/// <summary>Options of a group consumer.</summary>
/// <param name="Group">The consumer group's id.</param>
/// <param name="ClientId">Shown in the broker's logs and quotas.</param>
/// <param name="Rebalance">How partitions are handed over.</param>
public sealed record GroupConsumerOptions(
    string Group, string ClientId, RebalanceProtocol Rebalance = RebalanceProtocol.Eager);

/// <summary>Where reading starts when there is no committed offset.</summary>
public enum StartOffset
{
    /// <summary>At the first record kept. goka starts at the newest and so skips what is there before a group's first start.</summary>
    Earliest,

    /// <summary>After the last record.</summary>
    Latest,
}

/// <summary>Options of a table reader.</summary>
/// <param name="ClientId">Shown in the broker's logs and quotas.</param>
public sealed record TableReaderOptions(string ClientId);

/// <summary>Options of a producer.</summary>
/// <param name="ClientId">Shown in the broker's logs and quotas.</param>
/// <param name="TransactionalId">Makes the producer transactional and fences the earlier one of the same id.</param>
/// <param name="TransactionTimeout">How long a transaction may stay open before the brokers abort it; null for the client's default.</param>
public sealed record ProducerOptions(string ClientId, string? TransactionalId = null, TimeSpan? TransactionTimeout = null)
{
    /// <summary>
    /// The <c>max.message.bytes</c> of topics that are written to, where it is known: no batch is larger than the smallest of them, and a larger record
    /// is refused by the client, with both sizes.
    /// </summary>
    public IReadOnlyDictionary<string, int> BatchLimits { get; init; } = new Dictionary<string, int>();
}
