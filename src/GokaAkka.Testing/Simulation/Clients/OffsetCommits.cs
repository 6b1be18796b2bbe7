namespace GokaAkka.Testing.Simulation;

/// <summary>Offsets to be committed in the background: sent now and then, again when they were not answered, unless newer ones have come.</summary>
sealed class OffsetCommits(SimProcess process, SimCluster cluster, SimRandom random)
{
    readonly SortedDictionary<(string Topic, int Partition), long> _stored = [];
    bool _scheduled;
    Func<GroupMembership>? _membership;
    int _assignment;

    public void Add(IReadOnlyCollection<TopicPartitionOffset> offsets, Func<GroupMembership> membership)
    {
        _membership = membership;
        foreach (var offset in offsets)
            _stored[(offset.Topic, offset.Partition)] = offset.Offset;
        Schedule();
    }

    /// <summary>These are committed in another way.</summary>
    public void Drop(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        foreach (var offset in offsets)
            _stored.Remove((offset.Topic, offset.Partition));
    }

    /// <summary>The partitions are gone.</summary>
    public void Clear()
    {
        _stored.Clear();
        _assignment++;
    }

    void Schedule()
    {
        if (_scheduled)
            return;
        _scheduled = true;
        process.After(random.Milliseconds(10, 100), Send);
    }

    void Send()
    {
        _scheduled = false;
        if (_stored.Count == 0)
            return;
        var offsets = _stored.Select(s => new TopicPartitionOffset(s.Key.Topic, s.Key.Partition, s.Value)).ToList();
        _stored.Clear();
        var assignment = _assignment;
        cluster.Commit(process, _membership!(), offsets, error =>
        {
            // Refused by a coordinator that knows better it is over; otherwise nobody has heard of it yet.
            if (error == ClusterError.NotCoordinatorForGroup)
                TryAgain(assignment, offsets);
        }, () => TryAgain(assignment, offsets));
    }

    void TryAgain(int assignment, List<TopicPartitionOffset> offsets)
    {
        if (assignment != _assignment)
            return;
        // What has come meanwhile is newer, unless it is tried again as well.
        foreach (var offset in offsets)
            _stored[(offset.Topic, offset.Partition)] = Math.Max(offset.Offset, _stored.GetValueOrDefault((offset.Topic, offset.Partition)));
        Schedule();
    }
}
