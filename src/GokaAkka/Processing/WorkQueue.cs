namespace GokaAkka.Processing;

/// <summary>What a partition has to work on: the inputs' batches and the keys of visits, turn by turn. Used by the partition's thread.</summary>
sealed class WorkQueue<TState>
{
    readonly Queue<RecordBatch> _batches = new();
    readonly Queue<PartitionVisit<TState>> _visits = new();
    bool _visitsTurn;

    public bool IsEmpty => _batches.Count == 0 && _visits.Count == 0;

    public void Add(RecordBatch batch) => _batches.Enqueue(batch);

    public void Add(PartitionVisit<TState> visit) => _visits.Enqueue(visit);

    /// <summary>Takes the next batch.</summary>
    /// <param name="now">The time in milliseconds since the Unix epoch.</param>
    /// <param name="batch">Records of an input, or keys to visit.</param>
    /// <param name="visit">The visit, or null for an input.</param>
    public bool TryTake(long now, out RecordBatch? batch, out PartitionVisit<TState>? visit)
    {
        _visitsTurn = !_visitsTurn;
        visit = null;
        if ((_visitsTurn || _batches.Count == 0) && NextKeys(now, out visit) is { } keys)
        {
            batch = keys;
            return true;
        }

        return _batches.TryDequeue(out batch);
    }

    /// <summary>Drops everything; visits are aborted.</summary>
    public void Clear(Action<RecordBatch> release)
    {
        while (_batches.TryDequeue(out var batch))
            release(batch);
        while (_visits.TryDequeue(out var visit))
        {
            visit.Abort();
            visit.Dispose();
        }
    }

    RecordBatch? NextKeys(long now, out PartitionVisit<TState>? visit)
    {
        while (_visits.TryPeek(out visit))
        {
            if (visit.Next(now) is { } keys)
                return keys;
            _visits.Dequeue();
        }

        visit = null;
        return null;
    }
}
