namespace GokaAkka.Testing;

/// <summary>
/// Where asynchronous callbacks go on: their continuations are kept in order and run only when the tester pumps, on its thread. Posting and
/// waking are safe on any thread; the rest is the tester's.
/// </summary>
sealed class PumpedContext : SynchronizationContext
{
    readonly object _gate = new();
    readonly Queue<(SendOrPostCallback Call, object? State)> _posted = new();
    bool _woken;

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            _posted.Enqueue((d, state));
            Monitor.PulseAll(_gate);
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (ReferenceEquals(Current, this))
        {
            d(state);
            return;
        }

        using var done = new ManualResetEventSlim();
        Post(
            _ =>
            {
                d(state);
                done.Set();
            }, null);
        done.Wait();
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Something has happened that is worth a look.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Runs what was posted until now. False when there was nothing.</summary>
    public bool Pump()
    {
        int count;
        lock (_gate)
        {
            count = _posted.Count;
            _woken = false;
        }

        for (var i = 0; i < count; i++)
        {
            (SendOrPostCallback Call, object? State) next;
            lock (_gate)
                next = _posted.Dequeue();
            next.Call(next.State);
        }

        return count > 0;
    }

    /// <summary>Waits, in real time, until something is posted or woken. False when the time ended first.</summary>
    public bool Wait(TimeSpan timeout)
    {
        var end = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_gate)
        {
            while (_posted.Count == 0 && !_woken)
            {
                var left = end - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_gate, (int)Math.Min(left, int.MaxValue)))
                    return _posted.Count > 0 || _woken;
            }

            return true;
        }
    }

    /// <summary>Calls with this context as the current one.</summary>
    public void Run(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
