namespace GokaAkka.Kafka.Polling;

/// <summary>Settings of the polling thread.</summary>
sealed record PollOptions
{
    /// <summary>How long a poll waits for records.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a poll waits while partitions are paused that may soon be resumed.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a busy partition is waited for before it is paused.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Records taken in one poll.</summary>
    public int Records { get; init; } = 4000;

    /// <summary>Records a partition of a topic may have waiting before it is paused.</summary>
    public int QueuedRecords { get; init; } = 8000;

    /// <summary>Bytes a partition of a topic may have waiting before it is paused.</summary>
    public long QueuedBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Topics that are not to be handed out for now.</summary>
    public HaltedTopics Halted { get; init; } = new();

    /// <summary>How often offsets are committed.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often offsets are committed again that have not changed: brokers forget those of topics that no member subscribes to, as are all that come
    /// along with the anchor (KIP-211).
    /// </summary>
    public TimeSpan CommitAgainInterval { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long polling may be held up by a question that is not urgent.</summary>
    public TimeSpan AskTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long partitions may take to drain when they are revoked.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Whether offsets are committed in transactions, by others: partitions then start where the brokers say, once that is decided.
    /// </summary>
    public bool IsTransactional { get; init; }

    /// <summary>Where newly assigned partitions start that should not start at the committed offset.</summary>
    public Func<IReadOnlyList<TopicPartition>, IReadOnlyList<TopicPartitionOffset>>? StartOffsets { get; init; }

    /// <summary>The ids of topics at the start, where the brokers tell.</summary>
    public IReadOnlyDictionary<string, string> TopicIds { get; init; } = new Dictionary<string, string>();

    /// <summary>Asks for a topic's id until there is an answer; null where there is none, or nothing will be read.</summary>
    public Func<string, string?> TopicId { get; init; } = static _ => null;
}
