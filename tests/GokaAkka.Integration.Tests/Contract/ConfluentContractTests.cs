namespace GokaAkka.Integration.Tests.Contract;

/// <summary>
/// The contract of the seam, held against Confluent.Kafka's clients on the embedded broker, and on real ones. Left out is what the former cannot
/// do: it finds no offsets by time, keeps transactions apart from nothing and takes no commit during a rebalance.
/// </summary>
public sealed class ConfluentGroupConsumerTests(Cluster cluster) : GroupConsumerContract(cluster.Client), IClassFixture<Cluster>;

/// <inheritdoc cref="ConfluentGroupConsumerTests"/>
public sealed class ConfluentEagerRebalanceTests(Cluster cluster) : EagerRebalanceContract(cluster.Client), IClassFixture<Cluster>;

/// <inheritdoc cref="ConfluentGroupConsumerTests"/>
public sealed class ConfluentCooperativeRebalanceTests(Cluster cluster) : CooperativeRebalanceContract(cluster.Client), IClassFixture<Cluster>;

/// <inheritdoc cref="ConfluentGroupConsumerTests"/>
public sealed class ConfluentProducerTests(Cluster cluster) : ProducerContract(cluster.Client), IClassFixture<Cluster>;

/// <inheritdoc cref="ConfluentGroupConsumerTests"/>
public sealed class ConfluentTableReaderTests(Cluster cluster) : TableReaderContract(cluster.Client), IClassFixture<Cluster>;

/// <inheritdoc cref="ConfluentGroupConsumerTests"/>
public sealed class ConfluentTopicManagerTests(Cluster cluster) : TopicManagerContract(cluster.Client), IClassFixture<Cluster>;
