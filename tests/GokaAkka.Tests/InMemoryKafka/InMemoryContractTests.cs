namespace GokaAkka.Testing.Tests;

/// <summary>The contract of the seam, held against the in-memory Kafka.</summary>
public sealed class InMemoryGroupConsumerTests : GroupConsumerContract
{
    protected override IKafkaClient Client { get; } = new InMemoryKafka();
}

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryCooperativeGroupConsumerTests : GroupConsumerContract
{
    protected override IKafkaClient Client { get; } = new InMemoryKafka();

    protected override RebalanceProtocol Rebalance => RebalanceProtocol.Cooperative;
}

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryEagerRebalanceTests : EagerRebalanceContract
{
    protected override IKafkaClient Client { get; } = new InMemoryKafka();
}

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryCooperativeRebalanceTests : CooperativeRebalanceContract
{
    protected override IKafkaClient Client { get; } = new InMemoryKafka();
}

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryCooperativeCommitTests : CooperativeCommitContract
{
    protected override IKafkaClient Client { get; } = new InMemoryKafka();
}

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryRevokedCommitTests : RevokedCommitContract
{
    protected override IKafkaClient Client { get; } = new InMemoryKafka();
}

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryProducerTests : ProducerContract
{
    protected override IKafkaClient Client { get; } = new InMemoryKafka();
}

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryTableReaderTests : TableReaderContract
{
    protected override IKafkaClient Client { get; } = new InMemoryKafka();
}

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryTopicManagerTests : TopicManagerContract
{
    protected override IKafkaClient Client { get; } = new InMemoryKafka();
}

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryOffsetAtTests : OffsetAtContract
{
    protected override IKafkaClient Client { get; } = new InMemoryKafka();
}

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryTransactionTests : TransactionContract
{
    protected override IKafkaClient Client { get; } = new InMemoryKafka();
}
