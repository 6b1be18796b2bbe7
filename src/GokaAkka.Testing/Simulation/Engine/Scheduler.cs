namespace GokaAkka.Testing.Simulation;

/// <summary>Virtual time: what is to happen, in order of time and, at the same time, of asking. One thread; nothing happens but what was asked for.</summary>
sealed class Scheduler
{
    // Turns of actors come behind what else is asked for the same moment, in an order of their own.
    const long OfTurns = 1L << 62;

    readonly PriorityQueue<(SimProcess? Owner, Action Action), (long Time, long Number)> _queue = new();
    readonly List<(Fiber Fiber, Func<bool> Condition, TimeSpan End)> _waiting = [];
    readonly int _thread = Environment.CurrentManagedThreadId;
    volatile string? _stray;
    long _asked;

    /// <summary>Time since the start.</summary>
    public TimeSpan Now { get; private set; }

    public long Happened { get; private set; }

    /// <summary>Ends every loop, nested ones too.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Nothing happens any more.</summary>
    public void Stop() => IsStopped = true;

    /// <summary>Something that happens after a time, whatever becomes of processes.</summary>
    public void After(TimeSpan delay, Action action) => After(delay, null, action);

    /// <summary>Something that a process does after a time: never when it is dead by then, later when it is paused.</summary>
    public void After(TimeSpan delay, SimProcess? owner, Action action) => Add(delay, owner, action, _asked++);

    /// <summary>An actor's turn after a time, whatever becomes of its process.</summary>
    /// <param name="delay">The time.</param>
    /// <param name="order">Which one comes first at the same moment; less than 2 to the 62nd.</param>
    /// <param name="action">The turn.</param>
    public void Turn(TimeSpan delay, long order, Action action) => Add(delay, null, action, OfTurns | order);

    /// <summary>Behind the end: has the next actor have its turn, and drops what comes before it.</summary>
    /// <returns>False when there is none.</returns>
    public bool RunNextTurn()
    {
        while (_queue.TryDequeue(out var next, out var due))
        {
            if (due.Number < OfTurns)
                continue;
            next.Action();
            return true;
        }

        return false;
    }

    /// <summary>Ends the waits of threads, which find that all is over.</summary>
    public void EndWaits()
    {
        Stop();
        GoOn();
    }

    /// <summary>Has things happen until a condition holds, until nothing is left or until a time.</summary>
    /// <returns>Whether the condition holds.</returns>
    /// <remarks>
    /// Called inside an event, it is a thread that waits: everything else goes on. Such waits end in reverse order of their beginning, as if
    /// the waiting threads had not been scheduled for longer, which a real machine may do as well; those of a <see cref="Fiber"/> end when they are over.
    /// </remarks>
    public bool RunUntil(Func<bool> condition, TimeSpan end)
    {
        if (Fiber.Current is { } fiber)
            return Wait(fiber, condition, end);
        while (!condition())
        {
            if (_stray is not null)
                throw new InvalidOperationException($"Something of a simulated node ran on another thread, which no seed repeats: {_stray}");
            if (IsStopped)
                return false;
            if (!_queue.TryPeek(out _, out var due) || due.Time > end.Ticks)
            {
                // It is over at that time.
                Now = end < TimeSpan.MaxValue && end > Now ? end : Now;
                return condition();
            }

            var (owner, action) = _queue.Dequeue();
            Now = TimeSpan.FromTicks(Math.Max(due.Time, Now.Ticks));
            if (owner is not null && !owner.Admits(action))
                continue;
            Happened++;
            action();
            GoOn();
        }

        return true;
    }

    void Add(TimeSpan delay, SimProcess? owner, Action action, long number)
    {
        if (Environment.CurrentManagedThreadId == _thread || Fiber.Current is not null)
            _queue.Enqueue((owner, action), ((Now + delay).Ticks, number));
        else
            _stray ??= Environment.StackTrace;
    }

    bool Wait(Fiber fiber, Func<bool> condition, TimeSpan end)
    {
        if (condition())
            return true;
        _waiting.Add((fiber, condition, end));
        // Something happens then, or nobody would look.
        if (end < TimeSpan.MaxValue)
            After(end > Now ? end - Now : TimeSpan.Zero, static () => { });
        fiber.Wait();
        return condition();
    }

    /// <summary>Threads whose waits are over go on.</summary>
    void GoOn()
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            var (fiber, condition, end) = _waiting[i];
            if (!IsStopped && Now < end && !condition())
                continue;
            _waiting.RemoveAt(i);
            fiber.GoOn();
            // It may have changed what others wait for.
            i = -1;
        }
    }
}
