namespace GokaAkka.Testing;

public sealed partial class InMemoryKafka
{
    /// <summary>Makes a topic.</summary>
    /// <exception cref="KafkaFaultException">It exists already, or brokers would refuse it.</exception>
    public void CreateTopic(string topic, int partitions = 1, IReadOnlyDictionary<string, string>? settings = null) => Change(
        $"create topic '{topic}'",
        () => (_host.Cluster.CreateTopic(new TopicSpec(topic, partitions, Settings: settings), out var reason), reason));

    /// <summary>Makes a compacted topic, as tables need.</summary>
    /// <exception cref="KafkaFaultException">It exists already, or brokers would refuse it.</exception>
    public void CreateTable(string topic, int partitions = 1) =>
        CreateTopic(topic, partitions, new Dictionary<string, string> { ["cleanup.policy"] = "compact" });

    /// <summary>Appends a record as a producer elsewhere would.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition; no partitioner is asked.</param>
    /// <param name="key">The key, or null for none.</param>
    /// <param name="value">The value, or null for a tombstone.</param>
    /// <param name="headers">The headers, or null for none.</param>
    /// <param name="timestamp">Milliseconds since the Unix epoch, or -1 for now.</param>
    /// <returns>Its offset.</returns>
    /// <exception cref="KafkaFaultException">There is no such partition, or the topic is compacted and the key null.</exception>
    public long Append(string topic, int partition, Key? key, byte[]? value, Headers? headers = null, long timestamp = -1)
    {
        var target = new TopicPartition(topic, partition);
        lock (_host.Gate)
        {
            Log(target);
            var record = new NewRecord(timestamp, key?.Memory.ToArray(), value, headers);
            var error = _host.Cluster.Append(target, record, out var offset);
            if (error != ClusterError.None)
                throw Failure($"append to {target}", Faults.Of(error, "a compacted topic takes no record without a key"));
            _host.WakeReaders(target);
            return offset;
        }
    }

    /// <summary>Appends a record whose value is the UTF-8 bytes of a text.</summary>
    /// <inheritdoc cref="Append(string, int, Key?, byte[], Headers?, long)"/>
    public long Append(string topic, int partition, Key? key, string value, Headers? headers = null, long timestamp = -1) =>
        Append(topic, partition, key, Encoding.UTF8.GetBytes(value), headers, timestamp);

    /// <summary>Appends the records of a transaction of some other producer and its marker: one offset more than there are records.</summary>
    /// <returns>The offset of the marker.</returns>
    public long AppendTransaction(string topic, int partition, bool commit, params ReadOnlySpan<(Key Key, string? Value)> records)
    {
        var target = new TopicPartition(topic, partition);
        lock (_host.Gate)
        {
            var log = Log(target);
            var producer = _host.Cluster.InitProducer();
            foreach (var (key, value) in records)
            {
                var record = new NewRecord(-1, key.Memory.ToArray(), value is null ? null : Encoding.UTF8.GetBytes(value));
                log.Append(record, _host.Cluster.UnixTime, producer.Id);
            }

            var marker = log.EndTransaction(producer.Id, commit, _host.Cluster.UnixTime);
            _host.WakeReaders(target);
            return marker;
        }
    }

    /// <summary>The records of a topic that a read_committed reader sees, partition by partition in offset order.</summary>
    public IReadOnlyList<KafkaRecord> Read(string topic) => [.. Entries(topic).Where(r => r.Status == RecordStatus.Committed)];

    /// <summary>The records of a partition that a read_committed reader sees, in offset order.</summary>
    public IReadOnlyList<KafkaRecord> Read(string topic, int partition) => [.. Read(topic).Where(r => r.Partition == partition)];

    /// <summary>All entries of a topic's logs, those of open and aborted transactions and the markers included.</summary>
    public IReadOnlyList<KafkaRecord> ReadLog(string topic) => Entries(topic);

    /// <summary>What a partition holds at this moment for read_committed readers: up to the last stable offset.</summary>
    public OffsetRange Offsets(string topic, int partition)
    {
        lock (_host.Gate)
        {
            var log = Log(new TopicPartition(topic, partition));
            return new OffsetRange(log.LogStart, log.LastStableOffset);
        }
    }

    /// <summary>A topic as the brokers describe it, or null when there is none.</summary>
    public TopicDescription? Topic(string topic)
    {
        lock (_host.Gate)
            return _host.Cluster.Topic(topic)?.Describe();
    }

    List<KafkaRecord> Entries(string topic)
    {
        lock (_host.Gate)
        {
            var found = _host.Cluster.Topic(topic)
                ?? throw Failure($"read '{topic}'", Faults.UnknownPartition(new TopicPartition(topic, 0), null));
            var entries = new List<KafkaRecord>();
            for (var partition = 0; partition < found.Partitions; partition++)
            {
                var log = found.Log(partition)!;
                var stable = log.LastStableOffset;
                foreach (var entry in log.Entries)
                {
                    // Behind an open transaction nothing is visible yet, whoever wrote it.
                    var status = entry.Status == RecordStatus.Committed && entry.Offset >= stable ? RecordStatus.Open : entry.Status;
                    entries.Add(new KafkaRecord(
                        topic, partition, entry.Offset, entry.Timestamp, new Key(entry.Key), entry.Value, entry.Headers ?? Headers.Empty, status));
                }
            }

            return entries;
        }
    }

    PartitionLog Log(TopicPartition partition) => _host.Cluster.Log(partition)
        ?? throw Failure($"find {partition}", Faults.UnknownPartition(partition, _host.Cluster.Topic(partition.Topic)));

    void Change(string what, Func<(ClusterError Error, string Reason)> change)
    {
        lock (_host.Gate)
        {
            var (error, reason) = change();
            if (error != ClusterError.None)
                throw Failure(what, Faults.Of(error, reason));
            _host.WakeAll();
        }
    }

    static KafkaFaultException Failure(string what, KafkaFault fault) => new($"Could not {what} on the in-memory cluster", fault);
}
