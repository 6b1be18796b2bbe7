namespace GokaAkka.Testing;

/// <summary>A group's committed offsets, and those that wait for the end of a transaction.</summary>
internal sealed class GroupOffsets
{
    readonly Dictionary<TopicPartition, TopicPartitionOffset> _committed = [];
    readonly Dictionary<long, Dictionary<TopicPartition, TopicPartitionOffset>> _pending = [];

    public IReadOnlyDictionary<TopicPartition, TopicPartitionOffset> All => _committed;

    public void Commit(IEnumerable<TopicPartitionOffset> offsets)
    {
        foreach (var offset in offsets)
            _committed[new TopicPartition(offset.Topic, offset.Partition)] = offset;
    }

    /// <summary>Keeps offsets until the producer's transaction ends.</summary>
    public void CommitInTransaction(long producerId, IEnumerable<TopicPartitionOffset> offsets)
    {
        if (!_pending.TryGetValue(producerId, out var pending))
            _pending[producerId] = pending = [];
        foreach (var offset in offsets)
            pending[new TopicPartition(offset.Topic, offset.Partition)] = offset;
    }

    public void EndTransaction(long producerId, bool commit)
    {
        if (!_pending.Remove(producerId, out var pending) || !commit)
            return;
        foreach (var (partition, offset) in pending)
            _committed[partition] = offset;
    }

    /// <summary>
    /// The committed offset of a partition, null for none. <see cref="ClusterError.UnstableOffsetCommit"/> while a transaction may change it.
    /// </summary>
    public ClusterError Fetch(TopicPartition partition, out TopicPartitionOffset? offset)
    {
        offset = null;
        foreach (var pending in _pending.Values)
        {
            if (pending.ContainsKey(partition))
                return ClusterError.UnstableOffsetCommit;
        }

        if (_committed.TryGetValue(partition, out var committed))
            offset = committed;
        return ClusterError.None;
    }

    public void Forget(TopicPartition partition) => _committed.Remove(partition);

    /// <summary>Forgets the offsets of a topic that is deleted.</summary>
    public void Forget(string topic)
    {
        Forget(_committed, topic);
        foreach (var pending in _pending.Values)
            Forget(pending, topic);
    }

    static void Forget(Dictionary<TopicPartition, TopicPartitionOffset> offsets, string topic)
    {
        foreach (var partition in offsets.Keys.Where(p => p.Topic == topic).ToArray())
            offsets.Remove(partition);
    }
}
