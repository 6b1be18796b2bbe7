namespace GokaAkka.Testing;

/// <summary>A group consumer's way to commit, at once or in the background. Guarded by the gate.</summary>
internal sealed class CommitQueue(ClusterHost host, string group)
{
    readonly Dictionary<TopicPartition, (TopicPartitionOffset Offset, GroupMembership Membership)> _waiting = [];
    readonly Queue<KafkaFault> _refused = new();

    /// <summary>Commits at once.</summary>
    public KafkaFault? Commit(GroupMembership membership, IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        if (host.Plan.TakeCommitFault(group) is { } ordered)
            return ordered;
        var error = host.Cluster.Commit(group, membership.MemberId, membership.Generation, offsets);
        if (error == ClusterError.None)
        {
            // Those who wait for a committed offset to show.
            host.WakeAll();
            return null;
        }

        return Faults.Of(error, $"member '{membership.MemberId}' of group '{group}' at generation {membership.Generation} committed "
            + $"{string.Join(", ", offsets)}; the group is at generation {host.Cluster.Group(group).Generation}");
    }

    /// <summary>Keeps offsets until <see cref="Flush"/>; a newer one for a partition replaces an older one.</summary>
    public void Add(GroupMembership membership, IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        foreach (var offset in offsets)
            _waiting[new TopicPartition(offset.Topic, offset.Partition)] = (offset, membership);
    }

    /// <summary>
    /// What waits is sent under this membership: its partitions have stayed. As the native client does, which commits what it has stored under the
    /// generation of that moment.
    /// </summary>
    public void Renew(GroupMembership membership)
    {
        foreach (var (id, commit) in _waiting.ToArray())
            _waiting[id] = (commit.Offset, membership);
    }

    /// <summary>Forgets what waits for these partitions, which are someone else's.</summary>
    public void Drop(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            _waiting.Remove(partition);
    }

    /// <summary>Sends what waits, each under the membership it was given with. Does nothing during an outage.</summary>
    public void Flush()
    {
        if (host.IsDown)
            return;
        foreach (var together in _waiting.GroupBy(w => w.Value.Membership).ToArray())
        {
            var offsets = together.Select(static w => w.Value.Offset).ToArray();
            if (Commit(together.Key, offsets) is { } fault)
                _refused.Enqueue(fault);
        }

        _waiting.Clear();
    }

    /// <summary>A background commit that was refused, each told once; null for none.</summary>
    public KafkaFault? TakeRefused() => _refused.TryDequeue(out var fault) ? fault : null;
}
