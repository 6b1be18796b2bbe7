namespace GokaAkka.Testing;

/// <summary>
/// The members of a group and which partitions each has: partitions are spread in ranges, in the order in which the nodes came, or go where
/// they are sent. A partition that changes hands is given up by one node before the next gets it. Used by one thread.
/// </summary>
sealed class GroupDriver(string name, TesterBroker broker, int partitions)
{
    readonly List<NodeDriver> _members = [];
    readonly NodeDriver?[] _owners = new NodeDriver?[partitions];
    readonly NodeDriver?[] _wanted = new NodeDriver?[partitions];
    readonly bool[] _revoking = new bool[partitions];

    public string Name { get; } = name;

    public int Partitions => partitions;

    /// <summary>The nodes that take part, and those that are about to leave.</summary>
    public IReadOnlyList<NodeDriver> Nodes => [.. _members.Concat(_owners.OfType<NodeDriver>()).Distinct()];

    /// <summary>The node that has a partition, or null.</summary>
    public NodeDriver? Owner(int partition) => _owners[partition];

    /// <summary>Whether a node takes part or has partitions still to give up.</summary>
    public bool Has(NodeDriver node) => _members.Contains(node) || _owners.Contains(node);

    public void Join(NodeDriver node)
    {
        _members.Add(node);
        Spread();
    }

    /// <summary>The node gives up its partitions in good order.</summary>
    public void Leave(NodeDriver node)
    {
        if (_members.Remove(node))
            Spread();
    }

    /// <summary>The node is gone with all it had in memory.</summary>
    public void Crash(NodeDriver node)
    {
        node.Crash();
        for (var p = 0; p < partitions; p++)
        {
            if (ReferenceEquals(_owners[p], node))
                Free(p);
        }

        Leave(node);
    }

    /// <summary>Has a partition go to a node, which keeps it until the members change.</summary>
    public void Move(int partition, NodeDriver to) => _wanted[partition] = to;

    /// <summary>Takes partitions away from a node without its consent: others have them at once, or it gets them anew when it is alone.</summary>
    public void Lose(NodeDriver node, IReadOnlyList<int> lost)
    {
        node.Lose(lost);
        var others = _members.Where(m => !ReferenceEquals(m, node)).ToList();
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
        foreach (var node in Nodes)
            did |= Revoke(node);
        did |= Release();
        foreach (var node in _members)
            did |= Assign(node);
        return did;
    }

    /// <summary>Has every node take a step, and commits. False when there was nothing to do.</summary>
    public bool Step()
    {
        var did = Rebalance();
        foreach (var node in Nodes)
        {
            did |= node.Step();
            Commit(node, node.TakeCommits());
            if (node.Failure is not null)
                Leave(node);
        }

        return did;
    }

    bool Revoke(NodeDriver node)
    {
        var leaving = Where(p => ReferenceEquals(_owners[p], node) && !ReferenceEquals(_wanted[p], node) && !_revoking[p]);
        foreach (var partition in leaving)
            _revoking[partition] = true;
        node.Revoke(leaving);
        return leaving.Count > 0;
    }

    bool Release()
    {
        var released = Where(p => _revoking[p] && !_owners[p]!.Holds(p));
        foreach (var partition in released)
        {
            var node = _owners[partition]!;
            Commit(node, node.TakeCommits([partition]));
            Free(partition);
        }

        return released.Count > 0;
    }

    bool Assign(NodeDriver node)
    {
        var assigned = Where(p => _owners[p] is null && ReferenceEquals(_wanted[p], node));
        foreach (var partition in assigned)
            _owners[partition] = node;
        node.Assign(assigned);
        return assigned.Count > 0;
    }

    /// <summary>Commits what is the node's to commit: for partitions it does not have any more the coordinator would refuse it.</summary>
    void Commit(NodeDriver node, IReadOnlyList<TopicPartitionOffset> commits)
    {
        if (commits.Count == 0 || broker.Faults.TakeCommitFault(Name) is not null)
            return;
        broker.Cluster.Group(Name).Offsets.Commit(commits.Where(c => ReferenceEquals(_owners[c.Partition], node)));
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

    List<int> Where(Predicate<int> condition)
    {
        var found = new List<int>();
        for (var p = 0; p < partitions; p++)
        {
            if (condition(p))
                found.Add(p);
        }

        return found;
    }
}
