namespace GokaAkka.Testing;

/// <summary>The requests of Kafka's protocol that an <see cref="EmbeddedBroker"/> can be told to fail. The values are the protocol's own.</summary>
public enum KafkaApi : short
{
    /// <summary>A producer writes records.</summary>
    Produce = 0,

    /// <summary>A consumer reads records.</summary>
    Fetch = 1,

    /// <summary>A client asks for the first or last offset of partitions.</summary>
    ListOffsets = 2,

    /// <summary>A group member, or another client, commits offsets.</summary>
    OffsetCommit = 8,

    /// <summary>A group member, or another client, asks for committed offsets.</summary>
    OffsetFetch = 9,

    /// <summary>A client asks which broker coordinates its group or transactions.</summary>
    FindCoordinator = 10,

    /// <summary>A consumer joins, or rejoins, its group.</summary>
    JoinGroup = 11,

    /// <summary>A group member tells that it lives.</summary>
    Heartbeat = 12,

    /// <summary>A group member leaves.</summary>
    LeaveGroup = 13,

    /// <summary>A group member asks for its partitions; the leader brings everybody's.</summary>
    SyncGroup = 14,

    /// <summary>A client asks what a broker can do, first on every connection.</summary>
    ApiVersions = 18,

    /// <summary>An idempotent or transactional producer asks for its id.</summary>
    InitProducerId = 22,

    /// <summary>A transactional producer writes to a partition for the first time in a transaction.</summary>
    AddPartitionsToTransaction = 24,

    /// <summary>A transactional producer adds a group's offsets to its transaction.</summary>
    AddOffsetsToTransaction = 25,

    /// <summary>A transactional producer commits or aborts.</summary>
    EndTransaction = 26,

    /// <summary>A transactional producer commits a group's offsets inside its transaction.</summary>
    TransactionOffsetCommit = 28,
}
