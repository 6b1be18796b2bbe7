namespace GokaAkka.Testing.Simulation;

/// <summary>How patient members and their coordinator are.</summary>
sealed record GroupTimings
{
    public required TimeSpan Session { get; init; }

    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>max.poll.interval, which is how long a rebalance waits too.</summary>
    public required TimeSpan MaxPoll { get; init; }
}

/// <summary>
/// The client's side of the group protocol: joins, shows signs of life, and knows what the owner is to be told next. Its heartbeats are a thread of its own;
/// the owner hears of what they found at its next poll. An eager member gives up everything before it joins again; a cooperative one keeps what it has
/// meanwhile, gives up what it is not assigned any more, and joins once more when it has.
/// </summary>
sealed class GroupProtocol(
    SimProcess process, Scheduler scheduler, SimCluster cluster, SimRandom random, string group, GroupTimings timings, RebalanceProtocol protocol)
{
    readonly bool _isCooperative = protocol == RebalanceProtocol.Cooperative;
    IReadOnlyList<TopicPartition> _coming = [];
    bool _mustRejoin;
    JoinRequest? _request;
    string? _memberId;
    int _generation = -1;
    SessionStep _step;
    bool _isMember;
    bool _hasLeft;
    bool _isEnding;
    TimeSpan _lastAnswer;
    TimeSpan _lastPoll;

    // Counts memberships, so that heartbeats of an earlier one end.
    int _life;

    public IReadOnlyList<TopicPartition> Owned { get; private set; } = [];

    /// <summary>The partitions that the step is about.</summary>
    public IReadOnlyList<TopicPartition> News { get; private set; } = [];

    /// <summary>Whether the owner has to be told something.</summary>
    public bool HasNews => _step != SessionStep.None;

    /// <summary>Whether what it owned is someone else's already, as far as it knows.</summary>
    public bool IsLost => _step == SessionStep.Lost;

    public GroupMembership Membership => new(group, _memberId ?? "", _generation);

    public void Join(IReadOnlyList<string> topics)
    {
        _request = new JoinRequest(process.Name, topics, timings.Session, timings.MaxPoll) { Protocol = protocol };
        _lastPoll = scheduler.Now;
        Join();
    }

    public void Polled() => _lastPoll = scheduler.Now;

    /// <summary>What the owner has to be told now.</summary>
    public SessionStep TakeStep()
    {
        var step = _step;
        if (step != SessionStep.Assigned)
            return step;
        _step = SessionStep.None;
        Owned = [.. Owned, .. News];
        return step;
    }

    /// <summary>The owner has taken its partitions.</summary>
    public void Took()
    {
        if (!_mustRejoin || _step != SessionStep.None)
            return;
        _mustRejoin = false;
        Join();
    }

    /// <summary>The owner is about to give up everything.</summary>
    public void End()
    {
        News = Owned;
        _isEnding = true;
    }

    /// <summary>The owner has given up what it was told to.</summary>
    /// <param name="gone">The partitions of the group that it was told of.</param>
    public void LetGo(IReadOnlyList<TopicPartition> gone)
    {
        Owned = [.. Owned.Except(gone)];
        if (_isCooperative && _step == SessionStep.Revoked && !_isEnding)
        {
            (News, _step, _mustRejoin) = (_coming, SessionStep.Assigned, true);
            return;
        }

        // While it gave up some, all was lost.
        if (Owned.Count > 0 && _step == SessionStep.Lost && !_isEnding)
        {
            News = Owned;
            return;
        }

        Owned = [];
        if (_step == SessionStep.Lost)
            Forget();
        _step = SessionStep.None;
        _life++;
        if (!_hasLeft)
            Join();
    }

    /// <summary>Leaves the group for good.</summary>
    public void Leave(Action done)
    {
        _hasLeft = true;
        _life++;
        if (_memberId is { } id)
            cluster.Leave(process, group, id, done);
        else
            done();
    }

    void Join()
    {
        var life = ++_life;
        _isMember = false;
        cluster.Join(process, group, _memberId, _request! with { Owned = Owned }, answer => Joined(life, answer), () => JoinAgain(life));
    }

    void JoinAgain(int life)
    {
        if (life == _life && !_hasLeft)
            process.After(random.Milliseconds(20, 200), () =>
            {
                if (life == _life && !_hasLeft)
                    Join();
            });
    }

    void Joined(int life, JoinAnswer answer)
    {
        if (life != _life || _hasLeft)
            return;
        if (answer.Error != ClusterError.None)
        {
            if (answer.Error == ClusterError.UnknownMemberId)
            {
                Forget();
                if (Owned.Count > 0)
                {
                    Lose();
                    return;
                }
            }

            JoinAgain(life);
            return;
        }

        _memberId = answer.MemberId;
        _generation = answer.Generation;
        _isMember = true;
        List<TopicPartition> going = [.. Owned.Except(answer.Assignment)];
        _coming = [.. answer.Assignment.Except(Owned)];
        (_step, News) = going.Count > 0 ? (SessionStep.Revoked, going) : (SessionStep.Assigned, _coming);
        _lastAnswer = scheduler.Now;
        Beat(life);
    }

    void Beat(int life) => process.After(timings.Heartbeat, () =>
    {
        if (life != _life || !_isMember || _step == SessionStep.Lost)
            return;
        if (scheduler.Now - _lastPoll > timings.MaxPoll)
        {
            // The client gives its membership up by itself when its owner does not poll.
            cluster.Faults.Add(Fault.PollStalled);
            cluster.Leave(process, group, _memberId!, static () => { });
            Lose();
            return;
        }

        if (scheduler.Now - _lastAnswer > timings.Session)
        {
            Lose();
            return;
        }

        cluster.Heartbeat(process, group, _memberId!, _generation, error => Answered(life, error), static () => { });
        Beat(life);
    });

    void Answered(int life, ClusterError error)
    {
        if (life != _life || !_isMember || _step == SessionStep.Lost)
            return;
        switch (error)
        {
            case ClusterError.None:
                _lastAnswer = scheduler.Now;
                break;
            case ClusterError.RebalanceInProgress:
                _lastAnswer = scheduler.Now;
                // Not before the owner knows what it has.
                if (_step == SessionStep.None && _isCooperative)
                    Join();
                else if (_step == SessionStep.None)
                    (_step, News) = (SessionStep.Revoked, Owned);
                break;
            case ClusterError.UnknownMemberId or ClusterError.IllegalGeneration:
                Lose();
                break;
        }
    }

    void Lose()
    {
        _mustRejoin = false;
        // An assignment that the owner never heard of is not lost either.
        if (_step == SessionStep.Assigned && Owned.Count == 0)
        {
            _step = SessionStep.None;
            Forget();
            Join();
            return;
        }

        (_step, News) = (SessionStep.Lost, Owned);
    }

    void Forget()
    {
        _memberId = null;
        _generation = -1;
        _isMember = false;
    }
}
