namespace GokaAkka.Testing;

/// <summary>A group member on the in-memory cluster. Keeps its owner to the rule that one thread makes every call.</summary>
internal sealed class MemoryGroupConsumer : IGroupConsumer, IPart
{
    readonly ClusterHost _host;
    readonly GroupConsumerOptions _options;
    readonly CursorSet _cursors;
    readonly CommitQueue _commits;
    readonly HashSet<string> _missingTopics = new(StringComparer.Ordinal);
    AnchoredTopics _topics = new([], false);
    IGroupEvents? _events;
    GroupSession? _session;
    Thread? _owner;
    bool _isClosed;
    bool _isDisposed;
    bool _inEvent;
    int _toldOutage;

    bool IsCooperative => _options.Rebalance == RebalanceProtocol.Cooperative;

    public MemoryGroupConsumer(ClusterHost host, GroupConsumerOptions options)
    {
        _host = host;
        _options = options;
        _cursors = new CursorSet(host, options);
        _commits = new CommitQueue(host, options.Group);
        Parking = new Parking(host.Options.Time);
        host.Add(this);
    }

    public Parking Parking { get; }

    public IGroupMembership Membership
    {
        get
        {
            var session = OnOwnThread();
            lock (_host.Gate)
                return session.Membership;
        }
    }

    public int Generation => ((GroupMembership)Membership).Generation;

    public void RefuseForeignMembers(TimeSpan timeout)
    {
        var session = OnOwnThread();
        lock (_host.Gate)
        {
            ForeignMembers.Refuse(_options.Group, _topics.Subscribed, _host.Cluster.Group(_options.Group).Members.Where(m => m.Id != session.MemberId)
                .SelectMany(static m => m.Assignment.Select(p => (m.Request.ClientId, p.Topic))));
        }
    }

    public void Subscribe(IReadOnlyList<string> topics, IGroupEvents events)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_session is not null)
            throw new InvalidOperationException($"Consumer '{_options.ClientId}' of group '{_options.Group}' is subscribed already.");
        _owner = Thread.CurrentThread;
        _topics = new AnchoredTopics([.. topics], IsCooperative);
        _events = events;
        _session = new GroupSession(_host, _options, _topics.Subscribed);
    }

    public int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRecords);
        var session = OnOwnThread(allowedInEvents: false);
        var end = _host.EndOf(timeout);
        while (true)
        {
            SessionStep step;
            var wait = TimeSpan.Zero;
            var hasRecords = false;
            KafkaFault? fault;
            lock (_host.Gate)
            {
                step = Advance(session, out fault);
                if (fault is null && step == SessionStep.None && !_host.IsDown)
                    hasRecords = _cursors.Fetch(maxRecords);
                if (fault is null && !hasRecords && step is SessionStep.None or SessionStep.Wait)
                {
                    if (_host.Cluster.Now >= end)
                        return 0;
                    Parking.Prepare();
                    wait = _host.WaitBefore(end);
                }
            }

            if (hasRecords)
                return _cursors.HandOut(sink);
            if (fault is not null)
                Tell(() => _events!.Faulted(fault));
            else if (step is SessionStep.None or SessionStep.Wait)
                Parking.Wait(wait);
            else
                Tell(session, step);
        }
    }

    public void Pause(IReadOnlyCollection<TopicPartition> partitions)
    {
        OnOwnThread();
        _cursors.SetPaused(partitions, paused: true);
    }

    public void Resume(IReadOnlyCollection<TopicPartition> partitions)
    {
        OnOwnThread();
        _cursors.SetPaused(partitions, paused: false);
    }

    public void Seek(TopicPartitionOffset position)
    {
        OnOwnThread(allowedInEvents: false);
        if (!_cursors.Seek(position))
            throw Failure($"seek to {position}", new KafkaFault("Local_State", "the partition is not assigned to this member", FaultKind.Permanent));
    }

    public void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        var session = OnOwnThread();
        if (!_host.WaitUntil(_host.Options.RequestTimeout, () => !_host.IsDown))
            throw Failure($"commit {string.Join(", ", offsets)}", Faults.BrokersDown);
        KafkaFault? fault;
        lock (_host.Gate)
        {
            FlushCommits(session);
            fault = _commits.Commit(session.Membership, offsets);
        }

        if (fault is not null)
            throw Failure($"commit {string.Join(", ", offsets)}", fault);
    }

    public void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        var session = OnOwnThread();
        lock (_host.Gate)
            _commits.Add(session.Membership, offsets);
        ThreadPool.UnsafeQueueUserWorkItem(static consumer => consumer.FlushCommits(), this, preferLocal: false);
    }

    public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout)
    {
        OnOwnThread();
        var found = new List<TopicPartitionOffset>(partitions.Count);
        // Offsets that an open transaction may change are waited for, as a read_committed consumer does.
        var isStable = _host.WaitUntil(timeout, () => !_host.IsDown && TryCommitted(partitions, found));
        if (!isStable)
            throw Failure("read committed offsets", _host.IsDown ? Faults.BrokersDown : Faults.TimedOut("waiting for the end of a transaction"));
        return found;
    }

    public void Close()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isClosed || _session is null)
            return;
        var session = OnOwnThread(allowedInEvents: false);
        bool isMember;
        lock (_host.Gate)
        {
            FlushCommits(session);
            isMember = session.IsMember;
        }

        var owned = _topics.With(session.Owned);
        if (owned.Count > 0)
            Tell(() => TellGone(owned, isMember));
        lock (_host.Gate)
        {
            FlushCommits(session);
            // Brokers that do not answer learn nothing: they drop the member when its session ends.
            if (!_host.IsDown)
                session.Leave();
        }

        _isClosed = true;
        _host.Remove(this);
    }

    /// <summary>Without <see cref="Close"/> first this is a crash: nobody is told, the group waits for the session to end.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _host.Remove(this);
        Parking.Dispose();
    }

    bool IPart.Reads(TopicPartition partition) => _cursors.Reads(partition);

    void IPart.Heartbeat() => _session?.Heartbeat();

    void IPart.BrokersAreBack()
    {
        if (_session is { } session)
            FlushCommits(session);
    }

    SessionStep Advance(GroupSession session, out KafkaFault? fault)
    {
        fault = _commits.TakeRefused();
        if (fault is not null)
            return SessionStep.None;
        if (_host.IsDown)
        {
            if (_toldOutage != _host.Outage)
                fault = Faults.BrokersDown;
            _toldOutage = _host.Outage;
            return SessionStep.None;
        }

        _host.Advance();
        var step = session.Next(out var refused);
        if (refused is { } error)
            throw Failure("join", Faults.Of(error, RebalanceMismatch.Reason(_options.Rebalance)));
        if (step is SessionStep.None or SessionStep.Revoked)
            FlushCommits(session);
        if (step == SessionStep.None)
            fault = TakeMissingTopic();
        return step;
    }

    /// <summary>A topic that is subscribed to and does not exist, told once each time it goes missing.</summary>
    KafkaFault? TakeMissingTopic()
    {
        foreach (var topic in _topics.All)
        {
            if (_host.Cluster.Topic(topic) is not null)
                _missingTopics.Remove(topic);
            else if (_missingTopics.Add(topic))
                return Faults.Of(ClusterError.UnknownTopicOrPart, $"group '{_options.Group}' reads '{topic}', which does not exist", FaultKind.Retriable);
        }

        return null;
    }

    void Tell(GroupSession session, SessionStep step)
    {
        var partitions = _topics.With(session.News);
        if (step == SessionStep.Assigned)
        {
            _cursors.Add(partitions);
            Tell(() =>
            {
                foreach (var position in _events!.Assigned(partitions))
                    _cursors.Seek(position);
            });
            lock (_host.Gate)
            {
                _cursors.Resolve();
                session.Told(step);
            }

            return;
        }

        Tell(() => TellGone(partitions, isMember: step == SessionStep.Revoked));
        lock (_host.Gate)
        {
            // Commits on their way reach the coordinator before the next join does.
            if (step == SessionStep.Revoked || !IsCooperative)
                FlushCommits(session);
            if (IsCooperative)
                _commits.Drop(partitions);
            session.Told(step);
        }
    }

    void TellGone(IReadOnlyList<TopicPartition> partitions, bool isMember)
    {
        if (isMember)
            _events!.Revoked(partitions);
        else
            _events!.Lost(partitions);
        _cursors.Remove(partitions);
    }

    void Tell(Action tell)
    {
        _inEvent = true;
        try
        {
            tell();
        }
        finally
        {
            _inEvent = false;
        }
    }

    bool TryCommitted(IReadOnlyCollection<TopicPartition> partitions, List<TopicPartitionOffset> found)
    {
        found.Clear();
        foreach (var partition in partitions)
        {
            if (_host.Cluster.Group(_options.Group).Offsets.Fetch(partition, out var offset) != ClusterError.None)
                return false;
            if (offset is { } committed)
                found.Add(committed);
        }

        return true;
    }

    void FlushCommits()
    {
        lock (_host.Gate)
        {
            if (!_isDisposed && _session is { } session)
                FlushCommits(session);
        }
    }

    /// <summary>
    /// Under the gate. What a cooperative member commits is of partitions that it still has, whatever rebalance has come between: it waits for the
    /// generation in which that can be said.
    /// </summary>
    void FlushCommits(GroupSession session)
    {
        if (IsCooperative)
        {
            if (!session.MayCommit)
                return;
            _commits.Renew(session.Membership);
        }

        _commits.Flush();
    }

    GroupSession OnOwnThread(bool allowedInEvents = true)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var who = $"Consumer '{_options.ClientId}' of group '{_options.Group}'";
        if (_session is null)
            throw new InvalidOperationException($"{who} is not subscribed: call Subscribe first.");
        if (_isClosed)
            throw new InvalidOperationException($"{who} is closed.");
        if (Thread.CurrentThread != _owner)
            throw new InvalidOperationException($"{who} belongs to the thread that subscribed it, '{_owner!.Name}', and was called on '{Thread.CurrentThread.Name}'.");
        if (_inEvent && !allowedInEvents)
            throw new InvalidOperationException($"{who} was called from inside its own events, where only Pause, Resume and commits are allowed.");
        return _session;
    }

    KafkaFaultException Failure(string what, KafkaFault fault) => new($"Group '{_options.Group}' could not {what}", fault);
}
