namespace GokaAkka.Kafka.Polling;

/// <summary>
/// What others want of the polling thread, in turn. None is forgotten: behind the thread's end it is run on whatever thread it comes from, finds no flows any
/// more, and whoever asks something hears that nobody is there.
/// </summary>
sealed class PollCommands
{
    readonly ConcurrentQueue<Action> _queue = new();
    volatile bool _hasEnded;

    /// <summary>Whether the thread has ended.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Any thread.</summary>
    public void Post(Action command)
    {
        _queue.Enqueue(command);
        if (_hasEnded)
            Run();
    }

    /// <summary>Runs what is there.</summary>
    public void Run()
    {
        while (_queue.TryDequeue(out var command))
            command();
    }

    /// <summary>The thread ends.</summary>
    public void End()
    {
        _hasEnded = true;
        Run();
    }
}
