namespace GokaAkka.Storage.Lmdb;

/// <summary>The open iterators of a file, each of which has a transaction open. The map cannot grow before they have ended.</summary>
/// <param name="lifetime">How long an iterator keeps its snapshot for sure.</param>
sealed class OpenIterators(TimeSpan lifetime)
{
    readonly object _gate = new();
    readonly List<LmdbIterator> _open = [];

    // While the map is to grow, iterators that are opened end with those that were there: others could keep it from growing for ever.
    long? _growthDeadline;

    static long Now => Environment.TickCount64;

    /// <param name="make">Makes an iterator that may be ended from the given time on.</param>
    public LmdbIterator Open(Func<long, LmdbIterator> make)
    {
        lock (_gate)
        {
            var iterator = make(_growthDeadline ?? Now + (long)lifetime.TotalMilliseconds);
            _open.Add(iterator);
            return iterator;
        }
    }

    public void Close(LmdbIterator iterator)
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
            _growthDeadline = Now + (long)lifetime.TotalMilliseconds;
    }

    /// <summary>Whether the map may grow now. The caller keeps others from opening iterators.</summary>
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
        LmdbIterator[] expired;
        lock (_gate)
            expired = [.. _open.Where(iterator => iterator.Deadline <= deadline)];
        foreach (var iterator in expired)
            iterator.End();
    }
}
