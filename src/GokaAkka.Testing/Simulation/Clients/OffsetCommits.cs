namespace GokaAkka.Testing.Simulation;

/// <summary>Offsets to be committed in the background: sent now and then, again when they were not answered, unless newer ones have come.</summary>
sealed class OffsetCommits(SimProcess process, SimCluster cluster, SimRandom random, Func<TopicPartition, bool> isMine)
{
    readonly SortedDictionary<(string Topic, int Partition), TopicPartitionOffset> _stored = [];
    bool _scheduled;
    Func<GroupMembership>? _membership;
    // Of each partition how often it was dropped: what was sent before is not tried again.
    readonly Dictionary<TopicPartition, int> _lives = [];

    public void Add(IReadOnlyCollection<TopicPartitionOffset> offsets, Func<GroupMembership> membership)
    {
        _membership = membership;
        foreach (var offset in offsets)
            _stored[(offset.Topic, offset.Partition)] = offset;
        Schedule();
    }

    /// <summary>What is stored of these partitions is of no account any more.</summary>
    public void Drop(IReadOnlyCollection<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _stored.Remove((partition.Topic, partition.Partition));
            _lives[partition] = LifeOf(partition) + 1;
        }
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
        var offsets = _stored.Values.ToList();
        _stored.Clear();
        var lives = offsets.ConvertAll(o => LifeOf(new TopicPartition(o.Topic, o.Partition)));
        cluster.Commit(process, _membership!(), offsets, error =>
        {
            // Refused by a coordinator that knows better it is over, unless the partition has stayed and its generation has gone on.
            if (error is ClusterError.NotCoordinatorForGroup or ClusterError.IllegalGeneration)
                TryAgain(lives, offsets);
        }, () => TryAgain(lives, offsets));
    }

    void TryAgain(List<int> lives, List<TopicPartitionOffset> offsets)
    {
        // What has come meanwhile is newer, unless it is tried again as well.
        for (var i = 0; i < offsets.Count; i++)
        {
            var (key, id) = ((offsets[i].Topic, offsets[i].Partition), new TopicPartition(offsets[i].Topic, offsets[i].Partition));
            if (lives[i] == LifeOf(id) && isMine(id) && offsets[i].Offset >= _stored.GetValueOrDefault(key).Offset)
                _stored[key] = offsets[i];
        }

        Schedule();
    }

    int LifeOf(TopicPartition partition) => _lives.GetValueOrDefault(partition);
}
