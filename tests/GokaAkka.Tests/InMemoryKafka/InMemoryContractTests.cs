namespace GokaAkka.Testing.Tests;

/// <summary>The contract of the seam, held against the in-memory Kafka.</summary>
public sealed class InMemoryGroupConsumerTests : GroupConsumerContract;

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryCooperativeGroupConsumerTests : GroupConsumerContract
{
    protected override RebalanceProtocol Rebalance => RebalanceProtocol.Cooperative;
}

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryEagerRebalanceTests : EagerRebalanceContract;

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryCooperativeRebalanceTests : CooperativeRebalanceContract;

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryCooperativeCommitTests : CooperativeCommitContract;

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryRevokedCommitTests : RevokedCommitContract;

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryProducerTests : ProducerContract;

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryTableReaderTests : TableReaderContract;

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryTopicManagerTests : TopicManagerContract;

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryOffsetAtTests : OffsetAtContract;

/// <inheritdoc cref="InMemoryGroupConsumerTests"/>
public sealed class InMemoryTransactionTests : TransactionContract;
