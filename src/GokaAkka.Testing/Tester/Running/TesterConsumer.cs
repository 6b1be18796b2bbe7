namespace GokaAkka.Testing;

/// <summary>A member of a group, which hears inside <see cref="Poll"/> what the group has decided. Used by one thread at a time.</summary>
sealed class TesterConsumer(TesterEngine engine, TesterProcess process, TesterGroup group) : IGroupConsumer
{
    readonly Queue<(RebalanceKind Kind, IReadOnlyList<int> Partitions)> _news = new();
    readonly List<Cursor> _cursors = [];
    readonly List<LogRecord> _read = [];
    readonly Dictionary<TopicPartition, long> _uncommitted = [];
    IReadOnlyList<string> _topics = [];
    IGroupEvents? _events;
    bool _isActive;

    public IGroupMembership Membership => new GroupMembership(group.Name, process.Name, Generation);

    public int Generation => group.Generation;

    /// <summary>Records handed out so far, by topic.</summary>
    public SortedDictionary<string, long> Fed { get; } = new(StringComparer.Ordinal);

    KafkaCluster Cluster => engine.Broker.Cluster;

    /// <summary>The group has decided something about it.</summary>
    public void Hear(RebalanceKind kind, IReadOnlyList<int> partitions) => _news.Enqueue((kind, partitions));

    /// <summary>Whether anything has happened since the last call.</summary>
    public bool TakeActivity()
    {
        var was = _isActive;
        _isActive = false;
        return was;
    }

    public void Subscribe(IReadOnlyList<string> topics, IGroupEvents events)
    {
        (_topics, _events, _isActive) = (topics, events, true);
        group.Join(this);
    }

    public int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
    {
        while (_news.TryDequeue(out var news))
            Tell(news.Kind, news.Partitions);
        var given = 0;
        foreach (var cursor in _cursors)
        {
            if (!cursor.IsPaused)
                given += HandOut(cursor, sink);
        }

        _isActive |= given > 0;
        // Until the tester has been at all else.
        if (given == 0 && timeout > TimeSpan.Zero)
        {
            var asked = 0;
            process.Runtime.WaitUntil(() => asked++ > 0, Timeout.InfiniteTimeSpan);
        }

        return given;
    }

    public void Pause(IReadOnlyCollection<TopicPartition> partitions) => Each(partitions, static c => c.IsPaused = true);

    public void Resume(IReadOnlyCollection<TopicPartition> partitions) => Each(partitions, static c => c.IsPaused = false);

    public void Seek(TopicPartitionOffset position) => Each([new(position.Topic, position.Partition)], c => c.Position = position.Offset);

    public void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        _isActive = true;
        if (engine.Broker.Faults.TakeCommitFault(group.Name) is { } fault)
            throw new KafkaFaultException("Could not commit", fault);
        group.Commit(this, offsets);
    }

    public void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        _isActive = true;
        foreach (var offset in offsets)
            _uncommitted[new(offset.Topic, offset.Partition)] = offset.Offset;
        // What is refused goes with what is committed next.
        if (engine.Broker.Faults.TakeCommitFault(group.Name) is not null)
            return;
        group.Commit(this, [.. _uncommitted.Select(static o => new TopicPartitionOffset(o.Key.Topic, o.Key.Partition, o.Value))]);
        _uncommitted.Clear();
    }

    public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout) =>
        [.. partitions.Select(p => (Id: p, Offset: CommittedOffset(p))).Where(static p => p.Offset is not null)
            .Select(static p => new TopicPartitionOffset(p.Id.Topic, p.Id.Partition, p.Offset!.Value))];

    public void Close()
    {
        if (group.Owned(this) is { Count: > 0 } owned)
            Tell(RebalanceKind.Revoked, owned);
        group.Leave(this);
        _isActive = true;
    }

    public void Dispose()
    {
    }

    void Tell(RebalanceKind kind, IReadOnlyList<int> partitions)
    {
        _isActive = true;
        List<TopicPartition> ids = [.. _topics.SelectMany(t => partitions.Select(p => new TopicPartition(t, p)))];
        switch (kind)
        {
            case RebalanceKind.Assigned:
                var positions = _events!.Assigned(ids).ToDictionary(static o => new TopicPartition(o.Topic, o.Partition), static o => o.Offset);
                _cursors.AddRange(ids.Select(id => new Cursor(id) { Position = positions.TryGetValue(id, out var start) ? start : CommittedOffset(id) ?? Reset(id) }));
                break;
            case RebalanceKind.Revoked:
                _events!.Revoked(ids);
                _cursors.RemoveAll(c => ids.Contains(c.Id));
                group.Release(this, partitions);
                break;
            case RebalanceKind.Lost:
                _events!.Lost(ids);
                _cursors.RemoveAll(c => ids.Contains(c.Id));
                break;
        }
    }

    int HandOut(Cursor cursor, IRecordSink sink)
    {
        if (Cluster.Log(cursor.Id) is not { } log)
            return 0;
        _read.Clear();
        var next = cursor.Position;
        if (log.Read(ref next, engine.BatchRecords, Isolation.ReadCommitted, _read) == ClusterError.OffsetOutOfRange)
        {
            next = Reset(cursor.Id);
            log.Read(ref next, engine.BatchRecords, Isolation.ReadCommitted, _read);
        }

        cursor.Position = next;
        var (topic, partition) = cursor.Id;
        foreach (var record in _read)
            sink.Add(topic, partition, record.Offset, record.Timestamp, record.Key, record.Value, record.Value is null, record.Headers);
        Fed[topic] = Fed.GetValueOrDefault(topic) + _read.Count;
        return _read.Count;
    }

    long? CommittedOffset(TopicPartition id)
    {
        Cluster.Group(group.Name).Offsets.Fetch(id, out var offset);
        return offset?.Offset;
    }

    // As auto.offset.reset says.
    long Reset(TopicPartition id) => Cluster.Log(id) is not { } log ? 0
        : engine.Settings.Processor.StartOffset == StartOffset.Earliest ? log.LogStart : log.LastStableOffset;

    void Each(IReadOnlyCollection<TopicPartition> partitions, Action<Cursor> change)
    {
        _isActive = true;
        foreach (var cursor in _cursors.Where(c => partitions.Contains(c.Id)))
            change(cursor);
    }

    sealed class Cursor(TopicPartition id)
    {
        public TopicPartition Id => id;

        public long Position { get; set; }

        public bool IsPaused { get; set; }
    }
}
