namespace GokaAkka.Testing;

/// <summary>The broker's answers, named as Confluent.Kafka's ErrorCode names them.</summary>
internal enum ClusterError
{
    None,
    UnknownTopicOrPart,
    OffsetOutOfRange,
    TopicException,
    TopicAlreadyExists,
    InvalidPartitions,
    InvalidReplicationFactor,
    InvalidConfig,
    InvalidRecord,
    UnknownMemberId,
    IllegalGeneration,
    RebalanceInProgress,
    InconsistentGroupProtocol,
    UnstableOffsetCommit,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    InvalidTxnState,
    NotLeaderForPartition,
    NotCoordinatorForGroup,
}
