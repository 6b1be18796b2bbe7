namespace Akka.Actor;

enum TerminationReason
{
    /// <summary>Children were stopped by the actor or its supervisor strategy; the actor itself goes on.</summary>
    UserRequest,
    Recreation,
    Creation,
    Termination,
}

sealed class ChildStats(LocalActorRef child)
{
    int _retries;
    long _windowStart;

    public LocalActorRef Child { get; } = child;

    /// <summary>Counts a failure and says whether the child may be restarted.</summary>
    public bool RequestRestartPermission(int maxNrOfRetries, int withinTimeMilliseconds)
    {
        if (maxNrOfRetries == 0)
            return false;
        var limited = maxNrOfRetries > 0;
        if (withinTimeMilliseconds <= 0)
            return !limited || ++_retries <= maxNrOfRetries;
        var now = Environment.TickCount64;
        if (_windowStart == 0)
            _windowStart = now;
        if (now - _windowStart > withinTimeMilliseconds)
        {
            _windowStart = now;
            _retries = 1;
            return true;
        }
        return ++_retries <= (limited ? maxNrOfRetries : 1);
    }
}

/// <summary>
/// The children of an actor by name. Guardians get children from any thread and selections read from any thread, hence the lock.
/// </summary>
sealed class ChildrenContainer
{
    readonly Lock _lock = new();
    readonly Dictionary<string, ChildStats> _children = new();
    HashSet<LocalActorRef> _toDie;
    TerminationReason _reason;
    bool _terminated;

    /// <summary>True while some children are awaited that the actor needs gone before it can go on.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_lock)
                return _toDie != null && _reason is TerminationReason.Creation or TerminationReason.Recreation;
        }
    }

    public bool IsNormal
    {
        get
        {
            lock (_lock)
                return !_terminated && (_toDie == null || _reason == TerminationReason.UserRequest);
        }
    }

    public bool IsTerminating
    {
        get
        {
            lock (_lock)
                return Terminating;
        }
    }

    bool Terminating => _terminated || (_toDie != null && _reason == TerminationReason.Termination);

    public ChildStats[] Stats
    {
        get
        {
            lock (_lock)
                return _children.Count == 0 ? [] : [.. _children.Values];
        }
    }

    public ChildStats Find(string name)
    {
        lock (_lock)
            return _children.GetValueOrDefault(name);
    }

    public ChildStats Find(IActorRef child) => Find(child.Path.Name) is { } stats && stats.Child.Equals(child) ? stats : null;

    public LocalActorRef Add(string name, Func<LocalActorRef> create)
    {
        lock (_lock)
        {
            if (Terminating)
                throw new InvalidOperationException($"Cannot create child [{name}] while terminating or terminated");
            if (_children.ContainsKey(name))
                throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
            var child = create();
            _children.Add(name, new ChildStats(child));
            return child;
        }
    }

    /// <summary>The child is being stopped: whoever waits for children waits for this one.</summary>
    public void ShallDie(LocalActorRef child)
    {
        lock (_lock)
        {
            if (_terminated || Find(child) == null)
                return;
            if (_toDie == null)
            {
                _toDie = [];
                _reason = TerminationReason.UserRequest;
            }
            _toDie.Add(child);
        }
    }

    /// <summary>Sets what the stopping children are awaited for; false when none is stopping.</summary>
    public bool TrySetReason(TerminationReason reason)
    {
        lock (_lock)
        {
            if (_toDie == null)
                return false;
            _reason = reason;
            return true;
        }
    }

    public void SetTerminated()
    {
        lock (_lock)
        {
            _terminated = true;
            _toDie = null;
            _children.Clear();
        }
    }

    /// <summary>Removes a child that has stopped; the reason when it was the last one awaited.</summary>
    public TerminationReason? Remove(IActorRef child)
    {
        lock (_lock)
        {
            if (Find(child) is not { } stats)
                return null;
            _children.Remove(child.Path.Name);
            if (_toDie == null || !_toDie.Remove(stats.Child) || _toDie.Count > 0)
                return null;
            _toDie = null;
            if (_reason == TerminationReason.Termination)
                _terminated = true;
            return _reason;
        }
    }
}
