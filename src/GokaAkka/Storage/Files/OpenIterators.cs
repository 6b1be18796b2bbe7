namespace GokaAkka.Storage;

/// <summary>The open iterators of a file, each of which has a snapshot. Before the file is closed, or what snapshots hold is taken away, they have to end.</summary>
/// <param name="lifetime">How long an iterator keeps its snapshot for sure.</param>
sealed class OpenIterators(TimeSpan lifetime)
{
    readonly object _gate = new();
    readonly List<EngineIterator> _open = [];

    // While a map is to grow, iterators that are opened end with those that were there: others could keep it from growing for ever.
    long? _growthDeadline;

    static long Now => Environment.TickCount64;

    long DeadlineFromNow => lifetime == Timeout.InfiniteTimeSpan ? long.MaxValue : Now + (long)lifetime.TotalMilliseconds;

    public bool Any
    {
        get
        {
            lock (_gate)
                return _open.Count > 0;
        }
    }

    /// <summary>Keeps a new one.</summary>
    public EngineIterator Add(EngineIterator iterator)
    {
        lock (_gate)
        {
            iterator.Keeper = this;
            iterator.Deadline = _growthDeadline ?? DeadlineFromNow;
            _open.Add(iterator);
            return iterator;
        }
    }

    /// <summary>One has ended.</summary>
    public void Forget(EngineIterator iterator)
    {
        lock (_gate)
        {
            _ = _open.Remove(iterator);
            Monitor.PulseAll(_gate);
        }
    }

    public void EndExpired() => End(Now);

    public void EndAll() => End(long.MaxValue);

    public void BeginGrowth()
    {
        lock (_gate)
            _growthDeadline = DeadlineFromNow;
    }

    /// <summary>Whether all have ended, so that the map may grow. The caller keeps others from opening iterators.</summary>
    public bool TryEndGrowth()
    {
        EndExpired();
        lock (_gate)
        {
            if (_open.Count > 0)
                return false;
            _growthDeadline = null;
            return true;
        }
    }

    /// <summary>Waits until an iterator is closed, or the first of them may be ended.</summary>
    public void Wait()
    {
        lock (_gate)
        {
            if (_open.Count > 0)
                _ = Monitor.Wait(_gate, (int)Math.Clamp(_open.Min(iterator => iterator.Deadline) - Now, 0, int.MaxValue));
        }
    }

    void End(long deadline)
    {
        EngineIterator[] expired;
        lock (_gate)
            expired = [.. _open.Where(iterator => iterator.Deadline <= deadline)];
        foreach (var iterator in expired)
            iterator.End();
    }
}
