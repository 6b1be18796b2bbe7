namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Keeps a native client alive while it is called: the client itself does not notice that it is being ended during a call of another thread.
/// Safe for concurrent use.
/// </summary>
sealed class CallGate
{
    long _calls;
    volatile bool _closed;

    /// <summary>Whether no more calls are let in.</summary>
    public bool IsClosed => _closed;

    /// <summary>Begins a call, which <see cref="Leave"/> ends.</summary>
    /// <exception cref="ObjectDisposedException">No more calls are let in.</exception>
    public void Enter(object owner)
    {
        Interlocked.Increment(ref _calls);
        if (!_closed)
            return;
        Leave();
        ObjectDisposedException.ThrowIf(true, owner);
    }

    public void Leave() => Interlocked.Decrement(ref _calls);

    /// <summary>Lets no more calls in and waits for those under way; each has a time-out of its own.</summary>
    public void Close()
    {
        _closed = true;
        SpinWait.SpinUntil(() => Interlocked.Read(ref _calls) == 0);
    }
}
