namespace GokaAkka.Testing;

/// <summary>
/// Counts the records of a producer that are sent and not acknowledged, makes senders wait while there are too many, and lets a flush wait for
/// none. Safe for concurrent use.
/// </summary>
internal sealed class Outstanding(TimeProvider time, int limit)
{
    readonly object _lock = new();
    int _count;
    bool _isOpen = true;

    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>Waits for room, unless <paramref name="mayWait"/> is false, and takes it.</summary>
    /// <returns>False when the producer is of no more use.</returns>
    public bool Enter(bool mayWait)
    {
        lock (_lock)
        {
            while (_isOpen && _count >= limit && mayWait)
                Monitor.Wait(_lock);
            if (_isOpen)
                _count++;
            return _isOpen;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _count--;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Senders that wait give up; no other gets in.</summary>
    public void Shut()
    {
        lock (_lock)
        {
            _isOpen = false;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until nothing is outstanding.</summary>
    /// <returns>False when the time ended first.</returns>
    public bool WaitEmpty(TimeSpan timeout)
    {
        var start = time.GetTimestamp();
        using var alarm = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_lock)
        {
            while (_count > 0)
            {
                if (timeout != Timeout.InfiniteTimeSpan)
                {
                    var left = timeout - time.GetElapsedTime(start);
                    if (left <= TimeSpan.Zero)
                        return false;
                    // Set again each time: a timer may strike a little before its time.
                    alarm.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                }

                Monitor.Wait(_lock);
            }
        }

        return true;
    }

    void Wake()
    {
        lock (_lock)
            Monitor.PulseAll(_lock);
    }
}
