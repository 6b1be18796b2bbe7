namespace GokaAkka.Testing;

public sealed partial class InMemoryKafka
{
    /// <summary>The offset a group has committed for a partition, or null for none. Offsets in an open transaction do not count.</summary>
    public long? CommittedOffset(string group, string topic, int partition)
    {
        lock (_host.Gate)
            return _host.Cluster.Group(group).Offsets.All.TryGetValue(new TopicPartition(topic, partition), out var offset) ? offset.Offset : null;
    }

    /// <summary>Sets where a group that has no members starts.</summary>
    /// <exception cref="KafkaFaultException">The group has members.</exception>
    public void SetCommittedOffset(string group, string topic, int partition, long offset) => Change(
        $"set the offset of group '{group}'",
        () => (_host.Cluster.CommitAsTool(group, [new TopicPartitionOffset(topic, partition, offset)]), "the group has members"));

    /// <summary>
    /// Forgets the offset a group has committed for a partition, as brokers do with those that were not committed for
    /// <c>offsets.retention.minutes</c>.
    /// </summary>
    public void ExpireOffset(string group, string topic, int partition)
    {
        lock (_host.Gate)
            _host.Cluster.Group(group).Offsets.Forget(new TopicPartition(topic, partition));
    }

    Task<IReadOnlyList<TopicPartitionOffset>> IGroupOffsets.Committed(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<TopicPartitionOffset>>(
        [.. partitions.Where(p => CommittedOffset(group, p.Topic, p.Partition) is not null)
            .Select(p => new TopicPartitionOffset(p.Topic, p.Partition, CommittedOffset(group, p.Topic, p.Partition)!.Value))]);

    Task IGroupOffsets.Set(string group, IReadOnlyCollection<TopicPartitionOffset> offsets, CancellationToken cancellation)
    {
        Change($"set the offsets of group '{group}'", () => (_host.Cluster.CommitAsTool(group, offsets), "the group has members"));
        return Task.CompletedTask;
    }

    /// <summary>The group's generation: it grows with every rebalance that completes.</summary>
    public int Generation(string group)
    {
        lock (_host.Gate)
            return _host.Cluster.Group(group).Generation;
    }

    /// <summary>The group's members, sorted by member id, with what each is assigned.</summary>
    public IReadOnlyList<GroupMemberInfo> Members(string group)
    {
        lock (_host.Gate)
        {
            var found = _host.Cluster.Group(group);
            var isStable = found.State == GroupState.Stable;
            return [.. found.Members.Select(m => new GroupMemberInfo(m.Id, m.Request.ClientId, isStable ? m.Assignment : []))];
        }
    }

    /// <summary>Has the group's members give up their partitions and join again.</summary>
    public void Rebalance(string group)
    {
        lock (_host.Gate)
        {
            _host.Cluster.Rebalance(group);
            _host.WakeAll();
        }
    }

    /// <summary>
    /// Drops the members of a client as if nothing had been heard of them for too long: their partitions go to others, they hear of it as
    /// <see cref="IGroupEvents.Lost"/> in their next poll, and join again.
    /// </summary>
    /// <exception cref="InvalidOperationException">The group has no member of that client id.</exception>
    public void ExpireMember(string group, string clientId)
    {
        lock (_host.Gate)
        {
            var members = _host.Cluster.Group(group).Members;
            var expired = members.Where(m => m.Request.ClientId == clientId).Select(m => m.Id).ToArray();
            if (expired.Length == 0)
            {
                throw new InvalidOperationException(
                    $"Group '{group}' has no member of client '{clientId}'; it has {string.Join(", ", members.Select(m => m.Request.ClientId))}.");
            }

            foreach (var memberId in expired)
                _host.Cluster.Leave(group, memberId);
            _host.WakeAll();
        }
    }
}

/// <summary>A member of a consumer group, as its coordinator sees it.</summary>
/// <param name="MemberId">Its id, given by the coordinator.</param>
/// <param name="ClientId">Its client's id.</param>
/// <param name="Assignment">Its partitions; none while the group rebalances.</param>
public sealed record GroupMemberInfo(string MemberId, string ClientId, IReadOnlyList<TopicPartition> Assignment);
