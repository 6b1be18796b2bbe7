namespace GokaAkka.Testing;

/// <summary>
/// Where one thread waits for the cluster to change. It says under the gate that it is about to wait, so that no change goes unheard between
/// its look at the cluster and its wait; it may be woken for nothing.
/// </summary>
internal sealed class Parking : IDisposable
{
    // Timers take no longer ones.
    static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    readonly AutoResetEvent _wake = new(false);
    readonly ITimer _timer;

    public Parking(TimeProvider time) =>
        _timer = time.CreateTimer(static wake => Set((AutoResetEvent)wake!), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Whether the thread waits. Guarded by the gate.</summary>
    public bool IsParked { get; private set; }

    /// <summary>Under the gate: what changes from now on wakes this thread.</summary>
    public void Prepare() => IsParked = true;

    /// <summary>Under the gate: the thread looks again.</summary>
    public void Wake()
    {
        if (!IsParked)
            return;
        IsParked = false;
        Set(_wake);
    }

    /// <summary>Outside the gate, after <see cref="Prepare"/>: waits until woken or the time has passed.</summary>
    public void Wait(TimeSpan atMost)
    {
        if (atMost <= TimeSpan.Zero)
            return;
        // Rounded up to what timers can do, so as not to wake just before the time.
        var wait = atMost < LongestWait ? TimeSpan.FromMilliseconds(Math.Ceiling(atMost.TotalMilliseconds)) : LongestWait;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
        _wake.WaitOne();
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _wake.Dispose();
    }

    // The timer may strike while it is being disposed.
    static void Set(AutoResetEvent wake)
    {
        try
        {
            wake.Set();
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
