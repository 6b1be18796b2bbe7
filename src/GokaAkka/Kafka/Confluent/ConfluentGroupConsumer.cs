using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>A group member on Confluent.Kafka's consumer.</summary>
sealed class ConfluentGroupConsumer : IGroupConsumer
{
    static readonly TimeSpan WakeTimeout = TimeSpan.FromMilliseconds(200);

    readonly IConsumer<Bytes, Bytes> _consumer;
    readonly RecordCopier _copier = new();
    readonly string _where;
    readonly string _group;
    IGroupEvents? _events;
    bool _closed;

    public ConfluentGroupConsumer(GroupConsumerOptions options, Dictionary<string, string> config, string where)
    {
        _group = options.Group;
        _where = $"group '{options.Group}' on {where}";
        _consumer = new ConsumerBuilder<Bytes, Bytes>(config)
            .SetKeyDeserializer(_copier.Key)
            .SetValueDeserializer(_copier.Value)
            .SetErrorHandler((_, error) => _events?.Faulted(Faults.From(error)))
            .SetLogHandler(static (_, _) => { })
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => _events!.Revoked([.. partitions.Select(p => Ours(p.TopicPartition))]))
            .SetPartitionsLostHandler((_, partitions) => _events!.Lost([.. partitions.Select(p => Ours(p.TopicPartition))]))
            .Build();
    }

    public IGroupMembership Membership => new ConfluentMembership(_consumer.ConsumerGroupMetadata, _group);

    public void Subscribe(IReadOnlyList<string> topics, IGroupEvents events)
    {
        _events = events;
        foreach (var topic in topics)
            _copier.Know(topic);
        _consumer.Subscribe(topics);
    }

    public int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
    {
        var taken = 0;
        var wait = timeout;
        while (taken < maxRecords)
        {
            ConsumeResult<Bytes, Bytes>? result;
            try
            {
                result = _consumer.Consume(wait);
            }
            catch (ConsumeException e)
            {
                var fault = Faults.From(e.Error);
                if (fault.Kind == FaultKind.Retriable || e.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.TopicAuthorizationFailed)
                {
                    _events!.Faulted(fault);
                    return taken;
                }

                throw Faults.Exception($"Reading as {_where} failed", e);
            }

            if (result is null)
                return taken;
            wait = TimeSpan.Zero;
            _copier.Hand(result, sink);
            taken++;
        }

        return taken;
    }

    public void Pause(IReadOnlyCollection<TopicPartition> partitions) => _consumer.Pause(partitions.Select(Theirs));

    public void Resume(IReadOnlyCollection<TopicPartition> partitions)
    {
        _consumer.Resume(partitions.Select(Theirs));
        WakeFetcher(Theirs(partitions.First()));
    }

    public void Seek(TopicPartitionOffset position) => Try($"Seeking to {position}", () => _consumer.Seek(Theirs(position)));

    public void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets) =>
        Try($"Committing offsets of {_where}", () => _consumer.Commit(offsets.Select(Theirs)));

    public void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        foreach (var offset in offsets)
        {
            try
            {
                _consumer.StoreOffset(Theirs(offset));
            }
            catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_State or ErrorCode.Local_UnknownPartition)
            {
                // Not assigned any more: its next owner reads on from what was committed before.
            }
        }
    }

    public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout)
    {
        try
        {
            return [.. _consumer.Committed(partitions.Select(Theirs), timeout)
                .Where(o => o.Offset.Value >= 0)
                .Select(o => new TopicPartitionOffset(o.Topic, o.Partition.Value, o.Offset.Value))];
        }
        catch (KafkaException e)
        {
            throw Faults.Exception($"Asking for the committed offsets of {_where} failed", e);
        }
    }

    public void Close()
    {
        if (_closed)
            return;
        _closed = true;
        Try($"Leaving {_where}", _consumer.Close);
    }

    public void Dispose() => _consumer.Dispose();

    IEnumerable<global::Confluent.Kafka.TopicPartitionOffset> Assigned(List<global::Confluent.Kafka.TopicPartition> partitions)
    {
        var starts = _events!.Assigned([.. partitions.Select(Ours)]).ToDictionary(s => new TopicPartition(s.Topic, s.Partition), s => s.Offset);
        return [.. partitions.Select(p => new global::Confluent.Kafka.TopicPartitionOffset(
            p, starts.TryGetValue(Ours(p), out var start) ? new Offset(start) : Offset.Unset))];
    }

    /// <summary>
    /// Resuming leaves the client's fetcher asleep for up to a second. A seek to where the partition is anyway wakes it; where nothing was
    /// read yet, a question to its leader does.
    /// </summary>
    void WakeFetcher(global::Confluent.Kafka.TopicPartition partition)
    {
        try
        {
            var position = _consumer.Position(partition);
            if (position.Value >= 0)
                _consumer.Seek(new global::Confluent.Kafka.TopicPartitionOffset(partition, position));
            else
                _consumer.OffsetsForTimes([new TopicPartitionTimestamp(partition, new Timestamp(-1, TimestampType.CreateTime))], WakeTimeout);
        }
        catch (KafkaException)
        {
            // It wakes by itself, later.
        }
    }

    static TopicPartition Ours(global::Confluent.Kafka.TopicPartition p) => new(p.Topic, p.Partition.Value);

    static global::Confluent.Kafka.TopicPartition Theirs(TopicPartition p) => new(p.Topic, p.Partition);

    static global::Confluent.Kafka.TopicPartitionOffset Theirs(TopicPartitionOffset p) => new(p.Topic, p.Partition, p.Offset);

    static void Try(string what, Action action)
    {
        try
        {
            action();
        }
        catch (KafkaException e)
        {
            throw Faults.Exception(what + " failed", e);
        }
    }
}

/// <summary>Membership as Confluent.Kafka hands it to transactions.</summary>
sealed record ConfluentMembership(IConsumerGroupMetadata Metadata, string Group) : IGroupMembership;
