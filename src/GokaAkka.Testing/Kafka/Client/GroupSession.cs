namespace GokaAkka.Testing;

/// <summary>What a group member has to do next.</summary>
internal enum SessionStep
{
    /// <summary>Read.</summary>
    None,

    /// <summary>Wait for the other members.</summary>
    Wait,

    /// <summary>Tell of the partitions it has got, then call <see cref="GroupSession.Told"/>.</summary>
    Assigned,

    /// <summary>Tell that partitions go to someone else, then call <see cref="GroupSession.Told"/>.</summary>
    Revoked,

    /// <summary>Tell that its partitions are someone else's already, then call <see cref="GroupSession.Told"/>.</summary>
    Lost,
}

/// <summary>
/// The client's side of the group protocol. An eager member gives up everything before it joins again. A cooperative one joins again with all it
/// has, reads on meanwhile, gives up what it is not assigned any more, takes what is new, and, when it has given something up, joins once more.
/// Guarded by the gate.
/// </summary>
internal sealed class GroupSession
{
    readonly ClusterHost _host;
    readonly string _group;
    readonly JoinRequest _request;
    readonly bool _isCooperative;
    int _generation = -1;
    bool _joining;
    bool _mustJoin = true;

    // What follows once it has been told what it gives up.
    IReadOnlyList<TopicPartition>? _coming;

    public GroupSession(ClusterHost host, GroupConsumerOptions options, IReadOnlyList<string> topics)
    {
        _host = host;
        _group = options.Group;
        _isCooperative = options.Rebalance == RebalanceProtocol.Cooperative;
        _request = new JoinRequest(options.ClientId, topics, host.Options.MaxPollInterval, host.Options.RebalanceTimeout)
        {
            Protocol = options.Rebalance,
        };
    }

    public IReadOnlyList<TopicPartition> Owned { get; private set; } = [];

    /// <summary>The partitions that the step is about.</summary>
    public IReadOnlyList<TopicPartition> News { get; private set; } = [];

    public GroupMembership Membership => new(_group, MemberId ?? "", _generation);

    /// <summary>Goes as far as it can without the owner.</summary>
    /// <param name="refused">Why the group does not take this member, or null.</param>
    public SessionStep Next(out ClusterError? refused)
    {
        refused = null;
        while (true)
        {
            if (_coming is not null)
                return Step(SessionStep.Assigned, _coming);
            if (_mustJoin && Join() is var error and not ClusterError.None)
            {
                if (error != ClusterError.UnknownMemberId)
                {
                    refused = error;
                    return SessionStep.Wait;
                }

                // Dropped meanwhile: as a new member then, once it is known what that has cost.
                Forget();
                if (Owned.Count > 0)
                    return Step(SessionStep.Lost, Owned);
                continue;
            }

            var answer = _host.Cluster.Heartbeat(_group, MemberId!, _generation);
            var step = _joining ? NextWhileJoining(answer) : NextWhileMember(answer);
            if (step is { } reached)
                return reached;
        }
    }

    /// <summary>A sign of life, without going on.</summary>
    public void Heartbeat()
    {
        if (MemberId is not null)
            _host.Cluster.Heartbeat(_group, MemberId, _generation);
    }

    /// <summary>The owner has been told of <see cref="News"/> and has acted on it.</summary>
    public void Told(SessionStep step)
    {
        switch (step)
        {
            case SessionStep.Assigned:
                Owned = [.. Owned, .. News];
                _coming = null;
                break;
            case SessionStep.Revoked when _isCooperative:
                Owned = [.. Owned.Except(News)];
                _mustJoin = true;
                break;
            default:
                LetGo();
                break;
        }
    }

    /// <summary>Leaves the group.</summary>
    public void Leave()
    {
        if (MemberId is null)
            return;
        if (_host.Cluster.Leave(_group, MemberId) == ClusterError.None)
            _host.WakeAll();
        Forget();
    }

    /// <summary>The id its coordinator has given it; null while it is no member.</summary>
    public string? MemberId { get; private set; }

    /// <summary>Whether the group still counts this member in, as far as the client can tell.</summary>
    public bool IsMember => _host.IsDown || _host.Cluster.Group(_group).Members.Any(m => m.Id == MemberId);

    /// <summary>Whether a commit under <see cref="Membership"/> would be taken now.</summary>
    public bool MayCommit => MemberId is not null && _host.Cluster.Group(_group).CheckMembership(MemberId, _generation) == ClusterError.None;

    /// <summary>Null to go on.</summary>
    SessionStep? NextWhileJoining(ClusterError answer)
    {
        switch (answer)
        {
            case ClusterError.UnknownMemberId:
                Forget();
                return Owned.Count > 0 ? Step(SessionStep.Lost, Owned) : null;
            case ClusterError.RebalanceInProgress:
                // The group went on to the next rebalance before this member had asked for the outcome of the last one.
                _mustJoin = true;
                return null;
        }

        _host.Cluster.Group(_group).Assignment(MemberId!, out var assignment);
        if (assignment is null)
            return _isCooperative && Owned.Count > 0 ? SessionStep.None : SessionStep.Wait;
        _joining = false;
        _generation = _host.Cluster.Group(_group).Generation;
        var going = Owned.Except(assignment).ToList();
        _coming = [.. assignment.Except(Owned)];
        return going.Count > 0 ? Step(SessionStep.Revoked, going) : null;
    }

    /// <summary>Null to go on.</summary>
    SessionStep? NextWhileMember(ClusterError answer)
    {
        if (answer == ClusterError.None)
            return SessionStep.None;
        if (answer == ClusterError.RebalanceInProgress)
        {
            if (Owned.Count > 0 && !_isCooperative)
                return Step(SessionStep.Revoked, Owned);
            _mustJoin = true;
            return null;
        }

        Forget();
        if (Owned.Count > 0)
            return Step(SessionStep.Lost, Owned);
        LetGo();
        return null;
    }

    SessionStep Step(SessionStep step, IReadOnlyList<TopicPartition> about)
    {
        News = about;
        return step;
    }

    void LetGo()
    {
        Owned = [];
        _coming = null;
        _mustJoin = true;
    }

    ClusterError Join()
    {
        var error = _host.Cluster.Join(_group, MemberId, _request with { Owned = Owned }, out var memberId);
        if (error != ClusterError.None)
            return error;
        MemberId = memberId;
        _mustJoin = false;
        _joining = true;
        _host.WakeAll();
        return error;
    }

    void Forget()
    {
        MemberId = null;
        _generation = -1;
        _joining = false;
        _mustJoin = true;
    }
}
