namespace GokaAkka.Testing;

/// <summary>Reads changelogs, a batch of each partition whenever the tester steps. Used by one thread at a time.</summary>
sealed class TesterReader(TesterEngine engine) : ITableReader
{
    readonly Dictionary<TopicPartition, Subscription> _subscriptions = [];

    public ITableSubscription Subscribe(string topic, int partition, long fromOffset, ITableListener listener)
    {
        var id = new TopicPartition(topic, partition);
        // One consumer reads a partition once: the newer subscription takes over.
        if (_subscriptions.TryGetValue(id, out var before))
            before.Dispose();
        return _subscriptions[id] = new Subscription(engine, id, fromOffset, listener);
    }

    public Task<IReadOnlyList<long>> Ends(string topic, int partitions, TimeSpan timeout) => Task.FromResult<IReadOnlyList<long>>(
        [.. Enumerable.Range(0, partitions).Select(p => engine.Broker.Cluster.Log(new TopicPartition(topic, p))?.LastStableOffset ?? 0)]);

    /// <summary>Reads a batch of each partition. False when there is nothing to read.</summary>
    public bool Step()
    {
        var did = false;
        foreach (var subscription in _subscriptions.Values.ToList())
            did |= subscription.Step();
        return did;
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions.Values)
            subscription.Dispose();
        _subscriptions.Clear();
    }

    sealed class Subscription(TesterEngine engine, TopicPartition id, long from, ITableListener listener) : ITableSubscription
    {
        readonly List<LogRecord> _read = [];
        long _position = from;
        long _toldEnd = -1;
        int _allowed;
        bool _isOver;

        public void Request(int batches) => _allowed += batches;

        public void Dispose() => _isOver = true;

        public bool Step()
        {
            if (_isOver || _allowed == 0)
                return false;
            if (engine.Broker.Cluster.Log(id) is not { } log)
            {
                _isOver = true;
                listener.Faulted(Faults.UnknownPartition(id, null));
                return true;
            }

            _read.Clear();
            var next = _position;
            if (log.Read(ref next, engine.BatchRecords, Isolation.ReadCommitted, _read) == ClusterError.OffsetOutOfRange)
            {
                // As a consumer does that finds its position outside the log.
                (next, _toldEnd) = (log.LogStart, -1);
                log.Read(ref next, engine.BatchRecords, Isolation.ReadCommitted, _read);
            }

            var did = next != _position;
            _position = next;
            if (_read.Count > 0)
            {
                _allowed--;
                listener.Read(LogBatch.Of(id, 0, _read, next));
            }
            else if (next == log.LastStableOffset && next != _toldEnd)
            {
                _toldEnd = next;
                listener.ReachedEnd(next);
                did = true;
            }

            return did;
        }
    }
}
