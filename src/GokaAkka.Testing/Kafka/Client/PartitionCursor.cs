namespace GokaAkka.Testing;

/// <summary>Where a group consumer stands in one of its partitions.</summary>
internal sealed class PartitionCursor(TopicPartition partition)
{
    public TopicPartition Partition { get; } = partition;

    /// <summary>The offset to read next; null until the committed offset is known.</summary>
    public long? Position { get; set; }

    public bool IsPaused { get; set; }

    /// <summary>Under the gate: finds where to start. Stays unknown while an open transaction may change the committed offset.</summary>
    public void Resolve(KafkaCluster cluster, string group)
    {
        if (Position is not null || cluster.Group(group).Offsets.Fetch(Partition, out var committed) != ClusterError.None)
            return;
        if (cluster.Log(Partition) is { } log)
            Position = committed?.Offset ?? log.LogStart;
    }

    /// <summary>Under the gate: reads visible records, from the first record kept when the position is outside the log.</summary>
    /// <returns>The position after them.</returns>
    public long Fetch(PartitionLog log, int max, List<LogRecord> into)
    {
        var position = Position!.Value;
        if (log.Read(ref position, max, Isolation.ReadCommitted, into) == ClusterError.None)
            return position;
        Position = position = log.LogStart;
        log.Read(ref position, max, Isolation.ReadCommitted, into);
        return position;
    }
}
