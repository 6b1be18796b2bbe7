namespace GokaAkka.RealKafka.Contract;

using Cluster = Integration.Tests.Contract.Cluster;

/// <summary>The parts of the seam's contract that need a whole broker. The others are in ConfluentContractTests, for embedded ones as well.</summary>
public sealed class RealOffsetAtTests(Cluster cluster) : OffsetAtContract(cluster.Client), IClassFixture<Cluster>;

/// <inheritdoc cref="RealOffsetAtTests"/>
public sealed class RealTransactionTests(Cluster cluster) : TransactionContract(cluster.Client), IClassFixture<Cluster>;

/// <inheritdoc cref="RealOffsetAtTests"/>
public sealed class RealRevokedCommitTests(Cluster cluster) : RevokedCommitContract(cluster.Client), IClassFixture<Cluster>;

/// <inheritdoc cref="RealOffsetAtTests"/>
public sealed class RealCooperativeCommitTests(Cluster cluster) : CooperativeCommitContract(cluster.Client), IClassFixture<Cluster>;

/// <inheritdoc cref="RealOffsetAtTests"/>
public sealed class RealCooperativeGroupConsumerTests(Cluster cluster) : GroupConsumerContract, IClassFixture<Cluster>
{
    // The client commits when partitions go, and before that only when it is told to.
    protected override IKafkaClient Client { get; } = cluster.ClientWith(consumer: new Dictionary<string, string> { ["auto.commit.interval.ms"] = "60000" });

    protected override RebalanceProtocol Rebalance => RebalanceProtocol.Cooperative;
}
