namespace GokaAkka.Testing;

/// <summary>
/// The brokers as the tester uses them: a cluster, the order in which its records came, and the faults that are to strike. Used by one thread.
/// </summary>
sealed class TesterBroker(KafkaCluster cluster)
{
    readonly Dictionary<string, List<KafkaRecord>> _byTopic = new(StringComparer.Ordinal);

    public KafkaCluster Cluster { get; } = cluster;

    /// <summary>Faults of sends, acknowledgements and commits.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>Every record written, in the order of writing.</summary>
    public List<KafkaRecord> Journal { get; } = [];

    /// <summary>The records written to a topic, of all its partitions, in the order of writing.</summary>
    public List<KafkaRecord> JournalOf(string topic)
    {
        if (!_byTopic.TryGetValue(topic, out var journal))
            _byTopic[topic] = journal = [];
        return journal;
    }

    /// <summary>Writes a record.</summary>
    /// <returns>Its offset.</returns>
    /// <exception cref="KafkaFaultException">The brokers refuse it.</exception>
    public long Append(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp)
    {
        var target = new TopicPartition(topic, partition);
        var record = new NewRecord(timestamp, key.ToArray(), valueIsNull ? null : value.ToArray(), headers);
        var error = Cluster.Append(target, record, out var offset);
        if (error != ClusterError.None)
            throw new KafkaFaultException($"Could not write to {target}", Testing.Faults.UnknownPartition(target, Cluster.Topic(topic)));
        var time = timestamp < 0 ? Cluster.UnixTime : timestamp;
        var written = new KafkaRecord(
            topic, partition, offset, time, new Key(record.Key), record.Value, headers ?? Headers.Empty, RecordStatus.Committed);
        Journal.Add(written);
        JournalOf(topic).Add(written);
        return offset;
    }
}
