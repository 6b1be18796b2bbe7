namespace Akka.Actor;

public interface IStash
{
    int Count { get; }

    bool IsEmpty { get; }

    bool NonEmpty { get; }

    bool IsFull { get; }

    int Capacity { get; }

    void Stash();

    void Unstash();

    void UnstashAll();

    void UnstashAll(Func<Envelope, bool> predicate);

    IEnumerable<Envelope> ClearStash();

    void Prepend(IEnumerable<Envelope> envelopes);
}

public interface IActorStash
{
    IStash Stash { get; set; }
}

public interface IWithUnrestrictedStash : IActorStash;

public interface IWithUnboundedStash : IWithUnrestrictedStash;

public interface IWithStash : IWithUnrestrictedStash;

/// <summary>Holds messages back. Unstashed, they come before those in the mailbox, in their old order.</summary>
sealed class StashImpl(ActorCell cell) : IStash
{
    readonly LinkedList<Envelope> _stashed = new();
    long _lastStashed;

    public int Count => _stashed.Count;

    public bool IsEmpty => Count == 0;

    public bool NonEmpty => Count > 0;

    public bool IsFull => Capacity >= 0 && Count >= Capacity;

    public int Capacity => -1;

    public void Stash()
    {
        if (cell.MessageNumber == _lastStashed)
            throw new IllegalActorStateException($"Can't stash the same message {cell.CurrentMessage} more than once");
        _lastStashed = cell.MessageNumber;
        _stashed.AddLast(new Envelope(cell.CurrentMessage, cell.Sender));
    }

    public void Unstash()
    {
        if (_stashed.First is not { } first)
            return;
        _stashed.RemoveFirst();
        PostFirst(first.Value);
    }

    public void UnstashAll() => UnstashAll(_ => true);

    /// <summary>Unstashes what the predicate takes; the rest is dropped, as in Akka.NET.</summary>
    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        var taken = _stashed.Reverse().Where(predicate).ToList();
        _stashed.Clear();
        taken.ForEach(PostFirst);
    }

    public IEnumerable<Envelope> ClearStash()
    {
        var all = _stashed.ToList();
        _stashed.Clear();
        return all;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        foreach (var envelope in envelopes.Distinct().Reverse())
            _stashed.AddFirst(envelope);
    }

    void PostFirst(Envelope envelope)
    {
        if (envelope.Message is Terminated terminated)
            cell.TerminatedQueuedFor(terminated.ActorRef);
        cell.Mailbox.PostFirst(envelope);
    }
}
