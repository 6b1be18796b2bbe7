namespace GokaAkka.Testing;

internal sealed partial class KafkaCluster
{
    /// <summary>Time a transaction may stay open unless its producer says otherwise.</summary>
    public static readonly TimeSpan DefaultTransactionTimeout = TimeSpan.FromMinutes(1);

    /// <inheritdoc cref="TransactionCoordinator.Ended"/>
    public Action<long, bool>? TransactionEnded
    {
        get => _transactions.Ended;
        set => _transactions.Ended = value;
    }

    /// <inheritdoc cref="TransactionCoordinator.Init"/>
    public ProducerIdentity InitProducer(string? transactionalId = null, TimeSpan? timeout = null) =>
        _transactions.Init(transactionalId, timeout ?? DefaultTransactionTimeout);

    /// <summary>Appends a record of nobody in particular: not idempotent, in no transaction.</summary>
    public ClusterError Append(TopicPartition partition, in NewRecord record, out long offset)
    {
        offset = -1;
        var error = Writable(partition, record, out var log);
        if (error == ClusterError.None)
            offset = log!.Append(record, UnixTime);
        return error;
    }

    /// <summary>Appends a batch of an idempotent producer, all of it or nothing; a batch that is written already is answered with the offset it got.</summary>
    /// <param name="producer">Who writes.</param>
    /// <param name="partition">Where.</param>
    /// <param name="baseSequence">The sequence number of the first record; the producer counts per partition and epoch.</param>
    /// <param name="records">The records.</param>
    /// <param name="inTransaction">Whether they are part of the producer's transaction, which they open when there is none.</param>
    /// <param name="baseOffset">The offset of the first record.</param>
    public ClusterError Produce(
        ProducerIdentity producer, TopicPartition partition, int baseSequence, ReadOnlySpan<NewRecord> records, bool inTransaction, out long baseOffset)
    {
        baseOffset = -1;
        PartitionLog? log = null;
        foreach (ref readonly var record in records)
        {
            var error = Writable(partition, record, out log);
            if (error != ClusterError.None)
                return error;
        }

        if (log is null)
            throw new ArgumentException("A batch holds at least one record.", nameof(records));
        // The coordinator is asked before the sequence: a zombie is fenced even where the partition has not heard of its successor.
        if (inTransaction && _transactions.Check(producer) is var fenced and not ClusterError.None)
            return fenced;
        var sequence = log.Sequences.Check(producer, baseSequence, records.Length, out var duplicateOf);
        if (sequence != ClusterError.None)
            return sequence;
        if (duplicateOf is { } written)
        {
            baseOffset = written;
            return ClusterError.None;
        }

        if (inTransaction)
            _transactions.Touch(producer, log, Now);
        baseOffset = log.HighWatermark;
        foreach (ref readonly var record in records)
            log.Append(record, UnixTime, inTransaction ? producer.Id : -1);
        log.Sequences.Wrote(producer, baseSequence, records.Length, baseOffset);
        return ClusterError.None;
    }

    /// <summary>Makes consumed offsets part of the producer's transaction; refused when the membership they were read under is over.</summary>
    public ClusterError CommitInTransaction(
        ProducerIdentity producer, string group, string memberId, int generation, IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        var target = Group(group);
        var error = target.CheckMembership(memberId, generation);
        if (error == ClusterError.None)
            error = _transactions.Touch(producer, target, Now);
        if (error == ClusterError.None)
            target.Offsets.CommitInTransaction(producer.Id, offsets);
        return error;
    }

    /// <summary>Ends the producer's transaction: markers in every partition it wrote to, its offsets committed or dropped.</summary>
    public ClusterError EndTransaction(ProducerIdentity producer, bool commit) => _transactions.End(producer, commit);

    /// <summary>Cleans a partition by its topic's <c>delete.retention.ms</c>, or by <paramref name="deleteRetention"/>.</summary>
    public ClusterError Compact(TopicPartition partition, TimeSpan? deleteRetention = null)
    {
        if (Log(partition) is not { } log)
            return ClusterError.UnknownTopicOrPart;
        log.Compact(Now, deleteRetention ?? TopicRules.DeleteRetention(Topic(partition.Topic)!.Settings));
        return ClusterError.None;
    }

    /// <summary>Drops what the topic's <c>retention.ms</c> has passed for, unless its cleanup policy keeps it.</summary>
    public ClusterError ApplyRetention(string topic)
    {
        if (Topic(topic) is not { } target)
            return ClusterError.UnknownTopicOrPart;
        var retention = TopicRules.Retention(target.Settings);
        if (!target.IsDeletedByTime || retention < 0)
            return ClusterError.None;
        for (var i = 0; i < target.Partitions; i++)
            target.Log(i)!.DeleteOlderThan(UnixTime - retention);
        return ClusterError.None;
    }

    ClusterError Writable(TopicPartition partition, in NewRecord record, out PartitionLog? log)
    {
        log = Log(partition);
        if (log is null)
            return ClusterError.UnknownTopicOrPart;
        return record.Key is null && Topic(partition.Topic)!.IsCompacted ? ClusterError.InvalidRecord : ClusterError.None;
    }
}
