namespace Akka.Actor;

sealed partial class ActorCell
{
    // Watched actors, each with the message to get instead of Terminated, if any.
    readonly Dictionary<IActorRef, object> _watching = new();
    readonly HashSet<IInternalActorRef> _watchedBy = [];
    // Actors whose Terminated is in the mailbox. Unwatching removes them, so that it is not delivered any more.
    readonly Dictionary<IActorRef, object> _terminatedQueued = new();

    public IActorRef Watch(IActorRef subject) => Watch(subject, instead: null);

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Watch(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var watchee = (IInternalActorRef)subject;
        if (!watchee.Equals(Self) && _watching.Remove(watchee))
            watchee.SendSystemMessage(new UnwatchMessage(watchee, SelfRef));
        _terminatedQueued.Remove(watchee);
        return subject;
    }

    /// <summary>An unstashed <see cref="Terminated"/> is delivered again.</summary>
    public void TerminatedQueuedFor(IActorRef subject) => _terminatedQueued[subject] = null;

    IActorRef Watch(IActorRef subject, object instead)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var watchee = (IInternalActorRef)subject;
        if (!watchee.Equals(Self) && _watching.TryAdd(watchee, instead))
            watchee.SendSystemMessage(new WatchMessage(watchee, SelfRef));
        return subject;
    }

    void ReceiveTerminated(Terminated terminated)
    {
        if (_terminatedQueued.Remove(terminated.ActorRef, out var instead))
            ReceiveMessage(instead ?? terminated);
    }

    void WatchedActorTerminated(DeathWatchNotification death)
    {
        if (_watching.Remove(death.Actor, out var instead) && !Children.IsTerminating)
        {
            Self.Tell(new Terminated(death.Actor, death.ExistenceConfirmed, death.AddressTerminated), death.Actor);
            _terminatedQueued[death.Actor] = instead;
        }
        if (Children.Find(death.Actor) != null)
            HandleChildTerminated(death.Actor);
    }

    void AddWatcher(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        if (watchee.Equals(Self) && !watcher.Equals(Self))
            _watchedBy.Add(watcher);
    }

    void RemoveWatcher(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        if (watchee.Equals(Self))
            _watchedBy.Remove(watcher);
    }

    void TellWatchersWeDied()
    {
        foreach (var watcher in _watchedBy)
            if (!watcher.Equals(Parent)) // the parent is told in any case
                watcher.SendSystemMessage(new DeathWatchNotification(SelfRef, existenceConfirmed: true));
        _watchedBy.Clear();
    }

    void UnwatchWatchedActors()
    {
        foreach (var watchee in _watching.Keys.Cast<IInternalActorRef>())
            watchee.SendSystemMessage(new UnwatchMessage(watchee, SelfRef));
        _watching.Clear();
        _terminatedQueued.Clear();
    }
}
