namespace GokaAkka.Processing;

/// <summary>One run of a visitor over the partitions of this node. Safe for concurrent use.</summary>
sealed class VisitRun<TState>(string name, Action<IContext<TState>> callback, CancellationToken cancellation)
{
    readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long _visited;
    int _partitions;

    public string Name { get; } = name;

    public Action<IContext<TState>> Callback { get; } = callback;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>The number of keys visited, once every partition is through.</summary>
    public Task<long> Done => _done.Task;

    /// <summary>Begins with so many partitions.</summary>
    public void Begin(int partitions)
    {
        _partitions = partitions;
        if (partitions == 0)
            _done.TrySetResult(0);
    }

    /// <summary>So many keys are visited, and what their visits caused is acknowledged.</summary>
    public void Visited(long keys) => Interlocked.Add(ref _visited, keys);

    /// <summary>A partition is through.</summary>
    public void PartitionDone()
    {
        if (Interlocked.Decrement(ref _partitions) > 0)
            return;
        var visited = Interlocked.Read(ref _visited);
        if (Cancellation.IsCancellationRequested)
            _done.TrySetException(new VisitCanceledException(Name, visited, Cancellation));
        else
            _done.TrySetResult(visited);
    }

    /// <summary>It cannot begin.</summary>
    public void Refuse(Exception reason) => _done.TrySetException(reason);

    /// <summary>A partition went away or failed before it was through.</summary>
    public void Abort(int partition) => Abort($"partition {partition} left this node or failed");

    /// <summary>The processor has stopped.</summary>
    public void Abort() => Abort("the processor has stopped");

    void Abort(string why) => _done.TrySetException(new VisitAbortedException(Name, why, Interlocked.Read(ref _visited)));
}

/// <summary>A run of a visitor over one partition: a snapshot of its keys, taken in pieces between the inputs' batches.</summary>
sealed class PartitionVisit<TState>(VisitRun<TState> run, IStorageIterator keys, int partition, int generation) : ISegmentVisit, IDisposable
{
    // Keys handled before the inputs get their turn.
    const int KeysPerTurn = 256;

    int _segments;
    bool _ended;
    bool _told;

    public VisitRun<TState> Run { get; } = run;

    /// <summary>Whether no further key is to be visited.</summary>
    public bool IsCancelled => Run.Cancellation.IsCancellationRequested;

    /// <summary>The next keys as a batch without values, or null when there are none left.</summary>
    public RecordBatch? Next(long now)
    {
        if (_ended || IsCancelled)
            return End();
        var batch = new RecordBatch(Run.Name, partition, generation);
        while (batch.Count < KeysPerTurn && keys.Next())
            batch.Add(0, now, keys.Key, default, valueIsNull: true);
        if (batch.Count > 0)
            return batch;
        batch.Dispose();
        return End();
    }

    public void SegmentAdded() => _segments++;

    public void SegmentDone(int visits)
    {
        _segments--;
        Run.Visited(visits);
        TellIfDone();
    }

    public void Abort()
    {
        if (_told)
            return;
        _told = true;
        Run.Abort(partition);
    }

    public void Dispose()
    {
        if (!_ended)
            keys.Dispose();
        _ended = true;
    }

    RecordBatch? End()
    {
        if (!_ended)
            keys.Dispose();
        _ended = true;
        TellIfDone();
        return null;
    }

    void TellIfDone()
    {
        if (!_ended || _segments > 0 || _told)
            return;
        _told = true;
        Run.PartitionDone();
    }
}

/// <summary>Hears of the segments its visits belong to.</summary>
interface ISegmentVisit
{
    /// <summary>A segment of it is on its way.</summary>
    void SegmentAdded();

    /// <summary>A segment of so many visits is done.</summary>
    void SegmentDone(int visits);
}

/// <summary>A visit of all keys was cancelled before all were visited. What the visits caused is acknowledged.</summary>
public sealed class VisitCanceledException : OperationCanceledException
{
    internal VisitCanceledException(string visitor, long visited, CancellationToken cancellation)
        : base($"Visitor '{visitor}' was cancelled; {visited} keys were visited.", cancellation)
        => Visited = visited;

    /// <summary>Keys visited before that.</summary>
    public long Visited { get; }
}

/// <summary>A visit of all keys ended early: a partition was taken away, failed, or the processor stopped. goka's <c>ErrVisitAborted</c>.</summary>
public sealed class VisitAbortedException : Exception
{
    internal VisitAbortedException(string visitor, string why, long visited)
        : base($"Visitor '{visitor}' was aborted: {why} before all keys were visited; {visited} were.")
        => Visited = visited;

    /// <summary>Keys visited before that.</summary>
    public long Visited { get; }
}
