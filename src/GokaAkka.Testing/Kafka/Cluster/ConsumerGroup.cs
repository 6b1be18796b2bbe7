namespace GokaAkka.Testing;

/// <summary>Where a consumer group stands.</summary>
internal enum GroupState
{
    /// <summary>No members.</summary>
    Empty,

    /// <summary>Waiting for every member to give up its partitions and come back.</summary>
    PreparingRebalance,

    /// <summary>Every member has its assignment.</summary>
    Stable,
}

/// <summary>
/// The coordinator of one consumer group: members, generation, assignment and committed offsets. A rebalance waits until every member has joined
/// again, an eager one having let go of all it had; those that have not when the rebalance time-out ends are dropped.
/// </summary>
internal sealed class ConsumerGroup(string name, Func<string, int> partitionCount)
{
    // Sorted by id, as the assignor wants them.
    readonly SortedDictionary<string, GroupMember> _members = new(StringComparer.Ordinal);
    TimeSpan _rebalanceEnds;
    int _memberIds;

    public string Name { get; } = name;

    public GroupState State { get; private set; }

    /// <summary>Grows with every rebalance that completes.</summary>
    public int Generation { get; private set; }

    public IReadOnlyCollection<GroupMember> Members => _members.Values;

    public GroupOffsets Offsets { get; } = new();

    /// <summary>Joins, or joins again. The answer comes with the rebalance that this starts or is part of: see <see cref="Assignment"/>.</summary>
    /// <param name="memberId">The id a member has from joining before; null for a new one.</param>
    /// <param name="request">What it wants.</param>
    /// <param name="now">The time.</param>
    /// <param name="assignedId">Its member id.</param>
    public ClusterError Join(string? memberId, JoinRequest request, TimeSpan now, out string assignedId)
    {
        assignedId = memberId ?? "";
        if (_members.Values.Any(m => m.Id != memberId && m.Request.Protocol != request.Protocol))
            return ClusterError.InconsistentGroupProtocol;
        assignedId = memberId ?? $"{request.ClientId}-{_memberIds++:D6}";
        GroupMember? member;
        if (memberId is null)
            _members.Add(assignedId, member = new GroupMember(assignedId, request));
        else if (!_members.TryGetValue(memberId, out member))
            return ClusterError.UnknownMemberId;
        PrepareRebalance(now);
        member.Request = request;
        member.HasJoined = true;
        member.LastSeen = now;
        CompleteWhenAllJoined(now);
        return ClusterError.None;
    }

    /// <summary>
    /// A sign of life. <see cref="ClusterError.RebalanceInProgress"/> asks the member to give up its partitions and join again; a member that
    /// has joined already hears <see cref="ClusterError.None"/> until the rebalance is complete.
    /// </summary>
    public ClusterError Heartbeat(string memberId, int generation, TimeSpan now)
    {
        if (!_members.TryGetValue(memberId, out var member))
            return ClusterError.UnknownMemberId;
        member.LastSeen = now;
        if (State == GroupState.PreparingRebalance)
            return member.HasJoined ? ClusterError.None : ClusterError.RebalanceInProgress;
        return generation == Generation ? ClusterError.None : ClusterError.IllegalGeneration;
    }

    /// <summary>The outcome of a member's join: null while the rebalance goes on.</summary>
    public ClusterError Assignment(string memberId, out IReadOnlyList<TopicPartition>? assignment)
    {
        assignment = null;
        if (!_members.TryGetValue(memberId, out var member))
            return ClusterError.UnknownMemberId;
        if (State == GroupState.Stable)
            assignment = member.Assignment;
        return ClusterError.None;
    }

    /// <summary>Whether a member at a generation may commit: so while it gives up its partitions, not when the group has moved on.</summary>
    public ClusterError CheckMembership(string memberId, int generation)
    {
        if (!_members.ContainsKey(memberId))
            return ClusterError.UnknownMemberId;
        return generation == Generation ? ClusterError.None : ClusterError.IllegalGeneration;
    }

    /// <summary>Removes a member: it left, or was found dead.</summary>
    /// <returns>False when it is none.</returns>
    public bool Remove(string memberId, TimeSpan now)
    {
        if (!_members.Remove(memberId))
            return false;
        if (_members.Count == 0)
            Complete(now);
        else
            PrepareRebalance(now);
        CompleteWhenAllJoined(now);
        return true;
    }

    /// <summary>Starts a rebalance, unless one is under way or there is nobody to take part.</summary>
    public void PrepareRebalance(TimeSpan now)
    {
        if (State == GroupState.PreparingRebalance || _members.Count == 0)
            return;
        State = GroupState.PreparingRebalance;
        _rebalanceEnds = now + _members.Values.Max(m => m.Request.RebalanceTimeout);
    }

    /// <summary>Drops members that were not heard of in time and ends an overdue rebalance.</summary>
    public void Advance(TimeSpan now)
    {
        // A member that waits for the others has nothing to say: its session does not end.
        foreach (var dead in _members.Values.Where(m => !m.HasJoined && m.SessionEnds <= now).ToArray())
            Remove(dead.Id, now);
        if (State == GroupState.PreparingRebalance && _rebalanceEnds <= now)
            Complete(now);
    }

    /// <summary>When <see cref="Advance"/> has something to do next.</summary>
    public TimeSpan NextDeadline()
    {
        var next = State == GroupState.PreparingRebalance ? _rebalanceEnds : TimeSpan.MaxValue;
        foreach (var member in _members.Values)
        {
            if (!member.HasJoined && member.SessionEnds < next)
                next = member.SessionEnds;
        }

        return next;
    }

    /// <summary>Takes every member as heard of now: nobody dies of an outage of the brokers.</summary>
    public void Refresh(TimeSpan now)
    {
        foreach (var member in _members.Values)
            member.LastSeen = now;
        if (State == GroupState.PreparingRebalance)
            _rebalanceEnds = now + _members.Values.Max(m => m.Request.RebalanceTimeout);
    }

    void CompleteWhenAllJoined(TimeSpan now)
    {
        if (State == GroupState.PreparingRebalance && _members.Values.All(m => m.HasJoined))
            Complete(now);
    }

    void Complete(TimeSpan now)
    {
        foreach (var late in _members.Values.Where(m => !m.HasJoined).ToArray())
            _members.Remove(late.Id);
        Generation++;
        State = _members.Count == 0 ? GroupState.Empty : GroupState.Stable;
        if (_members.Values.Any(m => m.Request.Protocol == RebalanceProtocol.Cooperative))
            CooperativeAssignor.Assign(_members.Values, partitionCount);
        else
            RangeAssignor.Assign(_members.Values, partitionCount);
        foreach (var member in _members.Values)
        {
            member.HasJoined = false;
            member.LastSeen = now;
        }
    }
}
