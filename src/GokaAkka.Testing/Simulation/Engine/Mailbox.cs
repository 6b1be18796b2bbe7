namespace GokaAkka.Testing.Simulation;

/// <summary>An actor's mailbox: messages are handled one at a time, in order, each a moment after the one before.</summary>
sealed class Mailbox(SimProcess process, SimRandom random)
{
    readonly Queue<Action> _messages = new();
    bool _scheduled;

    /// <summary>Handled after everything told before.</summary>
    public void Tell(Action message)
    {
        _messages.Enqueue(message);
        if (!_scheduled)
            Schedule();
    }

    /// <summary>Handles nothing more of what was told.</summary>
    public void Clear() => _messages.Clear();

    void Schedule()
    {
        _scheduled = true;
        process.After(random.Milliseconds(0, 0.5), Handle);
    }

    void Handle()
    {
        _scheduled = false;
        if (!_messages.TryDequeue(out var message))
            return;
        if (_messages.Count > 0)
            Schedule();
        message();
    }
}
