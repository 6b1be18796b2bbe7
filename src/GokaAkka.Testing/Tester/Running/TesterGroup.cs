namespace GokaAkka.Testing;

/// <summary>
/// The members of a group and which partitions each has: partitions are spread in ranges, in the order in which the members came, or go where
/// they are sent. A partition that changes hands is given up by one member before the next gets it. Used by one thread at a time.
/// </summary>
sealed class TesterGroup(string name, KafkaCluster cluster, int partitions)
{
    readonly List<TesterConsumer> _members = [];
    readonly HashSet<TesterConsumer> _told = [];
    readonly TesterConsumer?[] _owners = new TesterConsumer?[partitions];
    readonly TesterConsumer?[] _wanted = new TesterConsumer?[partitions];
    readonly bool[] _revoking = new bool[partitions];

    public string Name { get; } = name;

    public int Partitions => partitions;

    /// <summary>Counts its rebalances.</summary>
    public int Generation { get; private set; }

    public IReadOnlyList<int> Owned(TesterConsumer member) => Where(p => ReferenceEquals(_owners[p], member));

    public void Join(TesterConsumer member)
    {
        _members.Add(member);
        Spread();
    }

    /// <summary>The member is gone, in good order or not.</summary>
    public void Leave(TesterConsumer member)
    {
        Owned(member).ToList().ForEach(Free);
        if (_members.Remove(member))
            Spread();
    }

    /// <summary>Has a partition go to a member, which keeps it until the members change.</summary>
    public void Move(int partition, TesterConsumer to) => _wanted[partition] = to;

    /// <summary>Takes partitions away from a member without its consent: others have them at once, or it gets them anew when it is alone.</summary>
    public void Lose(TesterConsumer member, IReadOnlyList<int> lost)
    {
        member.Hear(RebalanceKind.Lost, lost);
        var others = _members.Where(m => !ReferenceEquals(m, member)).ToList();
        foreach (var partition in lost)
        {
            Free(partition);
            if (others.Count > 0)
                _wanted[partition] = others[partition % others.Count];
        }
    }

    /// <summary>Hands over what can be handed over. False when there was nothing.</summary>
    public bool Rebalance()
    {
        var did = false;
        foreach (var member in _members)
            did |= Revoke(member);
        foreach (var member in _members)
            did |= Assign(member);
        return did;
    }

    /// <summary>The member has given up partitions.</summary>
    public void Release(TesterConsumer member, IReadOnlyList<int> given)
    {
        foreach (var partition in given)
        {
            if (ReferenceEquals(_owners[partition], member))
                Free(partition);
        }
    }

    /// <summary>Commits what is the member's to commit: for partitions that are another's the coordinator would refuse it.</summary>
    public void Commit(TesterConsumer member, IReadOnlyCollection<TopicPartitionOffset> offsets) =>
        cluster.Group(Name).Offsets.Commit(offsets.Where(c => _owners[c.Partition] is null || ReferenceEquals(_owners[c.Partition], member)));

    bool Revoke(TesterConsumer member)
    {
        var leaving = Where(p => ReferenceEquals(_owners[p], member) && !ReferenceEquals(_wanted[p], member) && !_revoking[p]);
        if (leaving.Count == 0)
            return false;
        leaving.ForEach(p => _revoking[p] = true);
        member.Hear(RebalanceKind.Revoked, leaving);
        return true;
    }

    bool Assign(TesterConsumer member)
    {
        var assigned = Where(p => _owners[p] is null && ReferenceEquals(_wanted[p], member));
        // One that gets none is told so, once.
        if (!_told.Add(member) && assigned.Count == 0)
            return false;
        Generation++;
        assigned.ForEach(p => _owners[p] = member);
        member.Hear(RebalanceKind.Assigned, assigned);
        return true;
    }

    void Free(int partition)
    {
        _owners[partition] = null;
        _revoking[partition] = false;
    }

    // As the range assignor does.
    void Spread()
    {
        Array.Clear(_wanted);
        if (_members.Count == 0)
            return;
        var (each, extra) = Math.DivRem(partitions, _members.Count);
        var next = 0;
        for (var m = 0; m < _members.Count; m++)
        {
            for (var n = each + (m < extra ? 1 : 0); n > 0; n--)
                _wanted[next++] = _members[m];
        }
    }

    List<int> Where(Predicate<int> condition) => [.. Enumerable.Range(0, partitions).Where(p => condition(p))];
}
