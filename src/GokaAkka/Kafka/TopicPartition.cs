namespace GokaAkka.Kafka;

/// <summary>A partition of a topic.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Topic}[{Partition}]";
}

/// <summary>An offset in a partition of a topic. As a commit it is the next offset to read, as everywhere in Kafka.</summary>
public readonly record struct TopicPartitionOffset(string Topic, int Partition, long Offset)
{
    /// <summary>Of a commit: the id of the topic that it is an offset of, which one of the same name made later does not share; null where it is not known.</summary>
    public string? TopicId { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Topic}[{Partition}]@{Offset}";
}

/// <summary>What a partition holds at the moment: offsets from <see cref="Low"/> up to but not including <see cref="High"/>.</summary>
/// <param name="Low">The first offset still kept.</param>
/// <param name="High">
/// The high watermark: the offset the next record gets. What lies before it may belong to open transactions; who wants to have everything that
/// will be committed of it reads to here.
/// </param>
public readonly record struct OffsetRange(long Low, long High);
