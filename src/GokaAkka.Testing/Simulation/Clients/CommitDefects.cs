namespace GokaAkka.Testing.Simulation;

/// <summary>What may be wrong with a member's commits; usually nothing.</summary>
sealed class CommitDefects(MutationSet mutations)
{
    readonly SortedDictionary<(string Topic, int Partition), long> _last = [];
    List<TopicPartitionOffset> _lost = [];

    /// <summary>What was to be committed of partitions that were lost: to be committed all the same, once.</summary>
    public IReadOnlyCollection<TopicPartitionOffset> OfLost
    {
        get
        {
            var lost = _lost;
            _lost = [];
            return lost;
        }
    }

    /// <summary>What is committed of what is to be.</summary>
    public IReadOnlyCollection<TopicPartitionOffset> Of(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        if (mutations.Has(Mutation.CommitsOnLost))
        {
            foreach (var offset in offsets)
                _last[(offset.Topic, offset.Partition)] = offset.Offset;
        }

        return mutations.Has(Mutation.ForgetsLoopOffset) ? [.. offsets.Where(static o => o.Topic != Names.Loop)] : offsets;
    }

    /// <summary>The member's partitions are someone else's.</summary>
    public void Lost()
    {
        _lost = [.. _last.Select(static l => new TopicPartitionOffset(l.Key.Topic, l.Key.Partition, l.Value))];
        _last.Clear();
    }
}
