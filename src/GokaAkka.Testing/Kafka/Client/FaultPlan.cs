namespace GokaAkka.Testing;

/// <summary>Faults that tests have ordered and that have not struck yet. Guarded by the gate.</summary>
internal sealed class FaultPlan
{
    readonly List<SendFault> _sends = [];
    readonly Dictionary<string, Queue<KafkaFault>> _commits = new(StringComparer.Ordinal);
    readonly Queue<CommitOutcome> _transactions = new();
    readonly List<AckPermits> _holds = [];

    public void FailSends(string topic, int? partition, KafkaFault fault, int count) =>
        _sends.Add(new SendFault(topic, partition, fault) { Left = count });

    public KafkaFault? TakeSendFault(TopicPartition partition)
    {
        var fault = _sends.Find(f => f.Topic == partition.Topic && (f.Partition ?? partition.Partition) == partition.Partition);
        if (fault is null)
            return null;
        if (--fault.Left == 0)
            _sends.Remove(fault);
        return fault.Fault;
    }

    public void RefuseCommits(string group, KafkaFault fault, int count)
    {
        if (!_commits.TryGetValue(group, out var faults))
            _commits[group] = faults = new Queue<KafkaFault>();
        for (var i = 0; i < count; i++)
            faults.Enqueue(fault);
    }

    public KafkaFault? TakeCommitFault(string group) =>
        _commits.TryGetValue(group, out var faults) && faults.TryDequeue(out var fault) ? fault : null;

    public void FailTransactionCommit(KafkaFault fault, bool takesEffect) => _transactions.Enqueue(new CommitOutcome(fault, takesEffect));

    public CommitOutcome? TakeTransactionFault() => _transactions.TryDequeue(out var outcome) ? outcome : null;

    public void Hold(AckPermits hold) => _holds.Add(hold);

    public void Unhold(AckPermits hold) => _holds.Remove(hold);

    /// <summary>Whether an acknowledgement must wait; one that need not takes a permit of every hold over it.</summary>
    public bool MustWait(TopicPartition partition)
    {
        foreach (var hold in _holds)
        {
            if (hold.Covers(partition) && hold.Left == 0)
                return true;
        }

        foreach (var hold in _holds)
        {
            if (hold.Covers(partition))
                hold.Left--;
        }

        return false;
    }

    public sealed record CommitOutcome(KafkaFault Fault, bool TakesEffect);

    sealed record SendFault(string Topic, int? Partition, KafkaFault Fault)
    {
        public int Left { get; set; }
    }
}

/// <summary>Acknowledgements of a topic, or of a partition of it, that are held back, but for those <see cref="Left"/>.</summary>
internal sealed class AckPermits(string topic, int? partition)
{
    public int Left { get; set; }

    public bool Covers(TopicPartition id) => id.Topic == topic && (partition ?? id.Partition) == id.Partition;
}
