namespace GokaAkka.Kafka;

/// <summary>Describes, checks and makes topics. Safe for concurrent use.</summary>
/// <remarks>goka's <c>TopicManager</c>.</remarks>
public interface ITopicManager : IDisposable
{
    /// <summary>Whether topics may be made by <see cref="TopicManagerExtensions"/>: <c>goka.kafka.create-topics</c>.</summary>
    bool MayCreate => true;

    /// <summary>The topics of these names that exist. Never makes a topic, even where the broker makes topics on request.</summary>
    /// <exception cref="KafkaFaultException">No broker answered in time; the message names the brokers.</exception>
    Task<IReadOnlyDictionary<string, TopicDescription>> Describe(IReadOnlyCollection<string> topics, CancellationToken cancellation = default);

    /// <summary>Makes a topic and waits until every broker knows it. No error when it exists already.</summary>
    /// <exception cref="KafkaFaultException">Not made; the message names the topic and the cause.</exception>
    Task Create(TopicSpec topic, CancellationToken cancellation = default);

    /// <summary>The offsets a partition holds at this moment, read_committed.</summary>
    /// <exception cref="KafkaFaultException">No answer in time, or no such partition.</exception>
    Task<OffsetRange> Offsets(string topic, int partition, CancellationToken cancellation = default);

    /// <summary>The first offset whose record is not older than <paramref name="time"/>, or the high watermark when there is none.</summary>
    Task<long> OffsetAt(string topic, int partition, DateTimeOffset time, CancellationToken cancellation = default);
}

/// <summary>A topic as the brokers describe it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Its partition count; partitions are numbered from 0 without gaps.</param>
/// <param name="Replicas">The lowest replica count of its partitions, or null when the broker does not say.</param>
/// <param name="Settings">Its settings that were asked for and known, such as <c>cleanup.policy</c>; null when the broker has no admin calls.</param>
/// <param name="TopicId">The id that a topic of the same name made later does not share; null when the broker or client does not say.</param>
public sealed record TopicDescription(
    string Name, int Partitions, int? Replicas = null, IReadOnlyDictionary<string, string>? Settings = null, string? TopicId = null)
{
    /// <summary>
    /// How long a reader that is away finds deletions: a compacted topic's <c>delete.retention.ms</c>; null when it is not compacted or not known.
    /// </summary>
    public TimeSpan? TombstoneRetention =>
        Settings?.GetValueOrDefault("cleanup.policy")?.Contains("compact", StringComparison.Ordinal) == true
        && long.TryParse(Settings.GetValueOrDefault("delete.retention.ms"), CultureInfo.InvariantCulture, out var ms)
        && ms >= 0 && ms < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds(ms) : null;

    /// <summary>The largest batch of records, and so the largest record, that the topic takes: <c>max.message.bytes</c>; null when it is not known.</summary>
    public int? BatchLimit => int.TryParse(Settings?.GetValueOrDefault("max.message.bytes"), CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    /// <summary>The limits that are known of topics, by name.</summary>
    internal static IReadOnlyDictionary<string, int> BatchLimits(IEnumerable<TopicDescription> topics) =>
        topics.Where(static t => t.BatchLimit is not null).ToDictionary(static t => t.Name, static t => t.BatchLimit!.Value);
}

/// <summary>A topic to be made.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Its partition count.</param>
/// <param name="Replicas">Its replica count; null for the broker's default. goka's default is 2.</param>
/// <param name="Settings">Its settings, such as <c>cleanup.policy</c>.</param>
public sealed record TopicSpec(string Name, int Partitions, int? Replicas = null, IReadOnlyDictionary<string, string>? Settings = null);
