namespace GokaAkka.Testing.Simulation;

/// <summary>Virtual time: what is to happen, in order of time and, at the same time, of asking. One thread; nothing happens but what was asked for.</summary>
sealed class Scheduler
{
    readonly PriorityQueue<(SimProcess? Owner, Action Action), (long Time, long Number)> _queue = new();
    long _asked;

    /// <summary>Time since the start.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Events that happened.</summary>
    public long Happened { get; private set; }

    /// <summary>Ends every loop, nested ones too.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Nothing happens any more.</summary>
    public void Stop() => IsStopped = true;

    /// <summary>Something that happens after a time, whatever becomes of processes.</summary>
    public void After(TimeSpan delay, Action action) => After(delay, null, action);

    /// <summary>Something that a process does after a time: never when it is dead by then, later when it is paused.</summary>
    public void After(TimeSpan delay, SimProcess? owner, Action action) => _queue.Enqueue((owner, action), ((Now + delay).Ticks, _asked++));

    /// <summary>Has things happen until a condition holds, until nothing is left or until a time.</summary>
    /// <returns>Whether the condition holds.</returns>
    /// <remarks>
    /// Called inside an event, it is a thread that waits: everything else goes on. Such waits end in reverse order of their beginning, as if
    /// the waiting threads had not been scheduled for longer, which a real machine may do as well.
    /// </remarks>
    public bool RunUntil(Func<bool> condition, TimeSpan end)
    {
        while (!condition())
        {
            if (IsStopped || !_queue.TryPeek(out _, out var due) || due.Time > end.Ticks)
                return false;
            var (owner, action) = _queue.Dequeue();
            Now = TimeSpan.FromTicks(Math.Max(due.Time, Now.Ticks));
            if (owner is not null && !owner.Admits(action))
                continue;
            Happened++;
            action();
        }

        return true;
    }
}
