using GokaAkka.Kafka;

namespace GokaAkka.Testing;

/// <summary>What a group member has to do next.</summary>
internal enum SessionStep
{
    /// <summary>Read.</summary>
    None,

    /// <summary>Wait for the other members.</summary>
    Wait,

    /// <summary>Tell of the partitions it has got.</summary>
    Assigned,

    /// <summary>Tell that its partitions go to someone else, then call <see cref="GroupSession.LetGo"/>.</summary>
    Revoked,

    /// <summary>Tell that its partitions are someone else's already, then call <see cref="GroupSession.LetGo"/>.</summary>
    Lost,
}

/// <summary>The client's side of the group protocol, eager. Guarded by the gate.</summary>
internal sealed class GroupSession
{
    readonly ClusterHost _host;
    readonly string _group;
    readonly JoinRequest _request;
    string? _memberId;
    int _generation = -1;
    bool _joining;
    bool _mustJoin = true;

    public GroupSession(ClusterHost host, GroupConsumerOptions options, IReadOnlyList<string> topics)
    {
        _host = host;
        _group = options.Group;
        _request = new JoinRequest(options.ClientId, topics, host.Options.MaxPollInterval, host.Options.RebalanceTimeout);
    }

    public IReadOnlyList<TopicPartition> Owned { get; private set; } = [];

    public GroupMembership Membership => new(_group, _memberId ?? "", _generation);

    /// <summary>Goes as far as it can without the owner.</summary>
    public SessionStep Next()
    {
        while (true)
        {
            if (_mustJoin)
                Join();
            var answer = _host.Cluster.Heartbeat(_group, _memberId!, _generation);
            var step = _joining ? NextWhileJoining(answer) : NextWhileMember(answer);
            if (step is { } reached)
                return reached;
        }
    }

    /// <summary>A sign of life, without going on.</summary>
    public void Heartbeat()
    {
        if (_memberId is not null)
            _host.Cluster.Heartbeat(_group, _memberId, _generation);
    }

    /// <summary>The owner has given up its partitions: the next step is to join again.</summary>
    public void LetGo()
    {
        Owned = [];
        _mustJoin = true;
    }

    /// <summary>Leaves the group.</summary>
    public void Leave()
    {
        if (_memberId is null)
            return;
        if (_host.Cluster.Leave(_group, _memberId) == ClusterError.None)
            _host.WakeAll();
        Forget();
    }

    /// <summary>Whether the group still counts this member in, as far as the client can tell.</summary>
    public bool IsMember => _host.IsDown || _host.Cluster.Group(_group).Members.Any(m => m.Id == _memberId);

    /// <summary>Null to go on.</summary>
    SessionStep? NextWhileJoining(ClusterError answer)
    {
        switch (answer)
        {
            case ClusterError.UnknownMemberId:
                Forget();
                return null;
            case ClusterError.RebalanceInProgress:
                // The group went on to the next rebalance before this member had asked for the outcome of the last one.
                _mustJoin = true;
                return null;
        }

        _host.Cluster.Group(_group).Assignment(_memberId!, out var assignment);
        if (assignment is null)
            return SessionStep.Wait;
        _joining = false;
        _generation = _host.Cluster.Group(_group).Generation;
        Owned = assignment;
        return SessionStep.Assigned;
    }

    /// <summary>Null to go on.</summary>
    SessionStep? NextWhileMember(ClusterError answer)
    {
        if (answer == ClusterError.None)
            return SessionStep.None;
        var isMember = answer == ClusterError.RebalanceInProgress;
        if (!isMember)
            Forget();
        if (Owned.Count > 0)
            return isMember ? SessionStep.Revoked : SessionStep.Lost;
        LetGo();
        return null;
    }

    void Join()
    {
        // Dropped meanwhile: as a new member then.
        if (_host.Cluster.Join(_group, _memberId, _request, out var memberId) != ClusterError.None)
            _host.Cluster.Join(_group, null, _request, out memberId);
        _memberId = memberId;
        _mustJoin = false;
        _joining = true;
        _host.WakeAll();
    }

    void Forget()
    {
        _memberId = null;
        _generation = -1;
        _joining = false;
        _mustJoin = true;
    }
}
