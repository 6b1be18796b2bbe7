namespace GokaAkka.Kafka;

/// <summary>
/// Where groups read on, for tools: an <see cref="IKafkaClient"/> that can tell and set it has this, too. Safe for concurrent use.
/// </summary>
public interface IGroupOffsets
{
    /// <summary>The group's committed offsets of these partitions; partitions without one are left out.</summary>
    /// <exception cref="KafkaFaultException">No answer in time.</exception>
    Task<IReadOnlyList<TopicPartitionOffset>> Committed(string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation = default);

    /// <summary>Sets where a group without members reads on. The brokers look whether it has any, in the same step.</summary>
    /// <exception cref="KafkaFaultException">The group has members, or no answer in time; nothing is known to be set then.</exception>
    Task Set(string group, IReadOnlyCollection<TopicPartitionOffset> offsets, CancellationToken cancellation = default);
}
