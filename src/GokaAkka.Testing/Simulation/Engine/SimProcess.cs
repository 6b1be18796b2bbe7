namespace GokaAkka.Testing.Simulation;

/// <summary>A life of an operating system process: what it was about to do is never done once it is dead, and is done late when it was paused.</summary>
sealed class SimProcess(Scheduler scheduler, string name)
{
    readonly Queue<Action> _late = new();

    public string Name { get; } = name;

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; private set; }

    /// <summary>Whether its threads run.</summary>
    public bool IsRunning => IsAlive && !IsPaused;

    /// <summary>Does something after a time.</summary>
    public void After(TimeSpan delay, Action action) => scheduler.After(delay, this, action);

    /// <summary>Whether something may be done now; a paused process does it when it goes on.</summary>
    public bool Admits(Action action)
    {
        if (IsAlive && IsPaused)
            _late.Enqueue(action);
        return IsRunning;
    }

    /// <summary>All its memory is gone.</summary>
    public void Kill()
    {
        IsAlive = false;
        _late.Clear();
    }

    /// <summary>Its threads stand still, as with SIGSTOP.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>It goes on, unaware of the time that has passed.</summary>
    public void Resume()
    {
        IsPaused = false;
        while (_late.TryDequeue(out var action))
            After(TimeSpan.Zero, action);
    }
}

/// <summary>The process of a thread that waits has died: ends the thread.</summary>
sealed class ProcessDiedException() : Exception("The process has died.");
