namespace GokaAkka.Testing;

internal sealed partial class KafkaCluster
{
    /// <summary>The group of this name; one that nobody has used yet is empty.</summary>
    public ConsumerGroup Group(string name)
    {
        if (!_groups.TryGetValue(name, out var group))
            _groups[name] = group = new ConsumerGroup(name, topic => Topic(topic)?.Partitions ?? 0);
        return group;
    }

    /// <inheritdoc cref="ConsumerGroup.Join"/>
    public ClusterError Join(string group, string? memberId, JoinRequest request, out string assignedId) =>
        Group(group).Join(memberId, request, Now, out assignedId);

    /// <inheritdoc cref="ConsumerGroup.Heartbeat"/>
    public ClusterError Heartbeat(string group, string memberId, int generation) => Group(group).Heartbeat(memberId, generation, Now);

    public ClusterError Leave(string group, string memberId) =>
        Group(group).Remove(memberId, Now) ? ClusterError.None : ClusterError.UnknownMemberId;

    /// <summary>Has the group's members give up their partitions and join again.</summary>
    public void Rebalance(string group) => Group(group).PrepareRebalance(Now);

    /// <summary>Takes every member of every group as heard of now: the brokers were away, not the members.</summary>
    public void RefreshSessions()
    {
        foreach (var group in _groups.Values)
        {
            if (group.Members.Count > 0)
                group.Refresh(Now);
        }
    }

    /// <summary>Commits a member's offsets; refused when it is no member any more or of an earlier generation.</summary>
    public ClusterError Commit(string group, string memberId, int generation, IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        var error = Group(group).CheckMembership(memberId, generation);
        if (error == ClusterError.None)
            Group(group).Offsets.Commit(offsets);
        return error;
    }

    /// <summary>Commits offsets of a group without members, as tools do to set where it starts.</summary>
    public ClusterError CommitAsTool(string group, IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        if (Group(group).State != GroupState.Empty)
            return ClusterError.UnknownMemberId;
        Group(group).Offsets.Commit(offsets);
        return ClusterError.None;
    }
}
