namespace GokaAkka.Testing;

/// <summary>The partitions a group consumer reads. Used by the consumer's thread alone, but for <see cref="Reads"/>.</summary>
internal sealed class CursorSet(ClusterHost host, GroupConsumerOptions options)
{
    readonly List<LogRecord> _fetched = [];
    readonly List<Segment> _segments = [];
    volatile Dictionary<TopicPartition, PartitionCursor> _cursors = [];
    PartitionCursor[] _order = [];
    int _turn;

    /// <summary>Whether records of a partition are of interest. Safe for concurrent use.</summary>
    public bool Reads(TopicPartition partition) => _cursors.ContainsKey(partition);

    /// <summary>Reads these, too.</summary>
    public void Add(IReadOnlyList<TopicPartition> partitions) => Set([.. _order, .. partitions.Select(p => new PartitionCursor(p))]);

    /// <summary>Reads these no longer.</summary>
    public void Remove(IReadOnlyList<TopicPartition> partitions) => Set([.. _order.Where(c => !partitions.Contains(c.Partition))]);

    void Set(PartitionCursor[] cursors)
    {
        _order = cursors;
        _cursors = cursors.ToDictionary(c => c.Partition);
        _turn = 0;
    }

    /// <summary>Pauses or resumes; partitions that are not assigned are passed over, as they may have just gone.</summary>
    public void SetPaused(IReadOnlyCollection<TopicPartition> partitions, bool paused)
    {
        foreach (var partition in partitions)
        {
            if (_cursors.TryGetValue(partition, out var cursor))
                cursor.IsPaused = paused;
        }
    }

    /// <returns>False when the partition is not assigned.</returns>
    public bool Seek(TopicPartitionOffset position)
    {
        if (!_cursors.TryGetValue(new TopicPartition(position.Topic, position.Partition), out var cursor))
            return false;
        cursor.Position = position.Offset;
        return true;
    }

    /// <summary>Under the gate: finds where to start reading partitions that nobody has said it for.</summary>
    public void Resolve()
    {
        foreach (var cursor in _order)
            cursor.Resolve(host.Cluster, options.Group);
    }

    /// <summary>Under the gate: fetches up to <paramref name="max"/> records, one partition after the other, each time another one first.</summary>
    public bool Fetch(int max)
    {
        _fetched.Clear();
        _segments.Clear();
        for (var i = 0; i < _order.Length && _fetched.Count < max; i++)
            Fetch(_order[(_turn + i) % _order.Length], max - _fetched.Count);
        _turn = _turn + 1 < _order.Length ? _turn + 1 : 0;
        return _fetched.Count > 0;
    }

    /// <summary>Outside the gate: hands out what was fetched. A partition that the sink has paused or moved meanwhile stops where it is.</summary>
    public int HandOut(IRecordSink sink)
    {
        var handedOut = 0;
        foreach (var segment in _segments)
        {
            var cursor = segment.Cursor;
            var expected = cursor.Position;
            var i = segment.First;
            for (; i < segment.End && !cursor.IsPaused && cursor.Position == expected; i++)
            {
                var record = _fetched[i];
                cursor.Position = expected = record.Offset + 1;
                handedOut++;
                sink.Add(
                    segment.Topic, cursor.Partition.Partition, record.Offset, record.Timestamp, record.Key, record.Value, record.Value is null,
                    record.Headers);
            }

            if (i == segment.End && cursor.Position == expected)
                cursor.Position = segment.Next;
        }

        return handedOut;
    }

    void Fetch(PartitionCursor cursor, int max)
    {
        if (cursor.IsPaused || host.Cluster.Topic(cursor.Partition.Topic) is not { } topic || topic.Log(cursor.Partition.Partition) is not { } log)
            return;
        cursor.Resolve(host.Cluster, options.Group);
        if (cursor.Position is null)
            return;
        var first = _fetched.Count;
        var next = cursor.Fetch(log, max, _fetched);
        if (_fetched.Count > first)
            _segments.Add(new Segment(cursor, topic.Name, first, _fetched.Count, next));
        else
            cursor.Position = next;
    }

    readonly record struct Segment(PartitionCursor Cursor, string Topic, int First, int End, long Next);
}
