namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Keeps a native client alive while it is called: the client itself does not notice that it is being ended during a call of another thread.
/// Safe for concurrent use.
/// </summary>
sealed class CallGate
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    int _calls;
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

    /// <summary>Lets no more calls in.</summary>
    public void Shut() => _closed = true;

    /// <summary>Lets no more calls in and waits for those under way, which the client may hold for longer than their time-outs.</summary>
    public void Close()
    {
        _closed = true;
        // A call that has not seen that is seen here: its count is written before it looks.
        Interlocked.MemoryBarrier();
        while (Volatile.Read(ref _calls) != 0)
            Thread.Sleep(Look);
    }
}
