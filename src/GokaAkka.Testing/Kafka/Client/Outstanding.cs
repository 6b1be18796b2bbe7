namespace GokaAkka.Testing;

/// <summary>Counts the records of a producer that are sent and not acknowledged, and lets a flush wait for none. Safe for concurrent use.</summary>
internal sealed class Outstanding(TimeProvider time)
{
    readonly object _lock = new();
    int _count;

    public int Count => Volatile.Read(ref _count);

    public void Enter()
    {
        lock (_lock)
            _count++;
    }

    public void Leave()
    {
        lock (_lock)
        {
            _count--;
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
