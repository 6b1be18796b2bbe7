namespace GokaAkka.Testing.Simulation;

/// <summary>A life of an operating system process: what it was about to do is never done once it is dead, and is done late when it was paused.</summary>
sealed class SimProcess(Scheduler scheduler, string name)
{
    readonly Queue<Action> _late = new();
    readonly Queue<Action> _lateTurns = new();
    TimeSpan _pausedAt;

    public string Name { get; } = name;

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; private set; }

    /// <summary>Whether its threads run.</summary>
    public bool IsRunning => IsAlive && !IsPaused;

    /// <summary>Does something after a time.</summary>
    public void After(TimeSpan delay, Action action) => scheduler.After(delay, this, action);

    /// <summary>One of its threads waits for something, for so long at most; everything else goes on.</summary>
    /// <returns>Whether it has come.</returns>
    /// <exception cref="ProcessDiedException">The process has died meanwhile.</exception>
    public bool Wait(Func<bool> condition, TimeSpan timeout)
    {
        var end = timeout < TimeSpan.MaxValue - scheduler.Now && timeout != Timeout.InfiniteTimeSpan ? scheduler.Now + timeout : TimeSpan.MaxValue;
        var isOver = scheduler.RunUntil(() => !IsAlive || (IsRunning && (condition() || scheduler.Now >= end)), end);
        if (IsPaused && !scheduler.IsStopped)
            isOver = scheduler.RunUntil(() => !IsPaused, TimeSpan.MaxValue);
        return IsAlive && !scheduler.IsStopped ? isOver && condition() : throw new ProcessDiedException();
    }

    /// <summary>Whether something may be done now; a paused process does it when it goes on.</summary>
    public bool Admits(Action action)
    {
        if (IsAlive && IsPaused)
            _late.Enqueue(action);
        return IsRunning;
    }

    /// <summary>An actor's turn has come while the process is paused.</summary>
    public void Later(Action turn) => _lateTurns.Enqueue(turn);

    /// <summary>All its memory is gone.</summary>
    public void Kill()
    {
        IsAlive = false;
        IsPaused = false;
        _late.Clear();
        TakeTurns();
    }

    /// <summary>Told when it goes on, and how long it stood still.</summary>
    public Action<TimeSpan> Resumed { get; set; } = static _ => { };

    /// <summary>Its threads stand still, as with SIGSTOP.</summary>
    public void Pause()
    {
        IsPaused = true;
        _pausedAt = scheduler.Now;
    }

    /// <summary>It goes on, unaware of the time that has passed.</summary>
    public void Resume()
    {
        IsPaused = false;
        Resumed(scheduler.Now - _pausedAt);
        while (_late.TryDequeue(out var action))
            After(TimeSpan.Zero, action);
        TakeTurns();
    }

    void TakeTurns()
    {
        for (var order = 0; _lateTurns.TryDequeue(out var turn); order++)
            scheduler.Turn(TimeSpan.Zero, order, turn);
    }
}

/// <summary>The process of a thread that waits has died: ends the thread.</summary>
sealed class ProcessDiedException() : Exception("The process has died.");
