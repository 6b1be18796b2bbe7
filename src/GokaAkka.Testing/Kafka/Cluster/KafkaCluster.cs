namespace GokaAkka.Testing;

/// <summary>
/// A Kafka cluster as a state machine: plain single-threaded code without threads, randomness or waiting. Requests are answered at once; time
/// is read from the provider and has an effect only in <see cref="Advance"/>, so that whoever drives it decides when time-outs strike.
/// </summary>
/// <remarks>One broker that never fails: lost messages, outages and delays are made between it and its clients.</remarks>
internal sealed partial class KafkaCluster
{
    readonly TimeProvider _time;
    readonly long _start;
    readonly int _brokers;
    readonly int _defaultReplicas;
    readonly Dictionary<string, ClusterTopic> _topics = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, ConsumerGroup> _groups = new(StringComparer.Ordinal);
    readonly TransactionCoordinator _transactions;
    int _topicIds;

    public KafkaCluster(TimeProvider time, int brokers = 1, int defaultReplicas = 1)
    {
        _time = time;
        _start = time.GetTimestamp();
        _brokers = brokers;
        _defaultReplicas = defaultReplicas;
        _transactions = new TransactionCoordinator(
            (log, producerId, commit) => log.EndTransaction(producerId, commit, UnixTime),
            (group, producerId, commit) => group.Offsets.EndTransaction(producerId, commit));
    }

    /// <summary>Time on a clock that never jumps, since the cluster was made: for sessions and time-outs.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Wall clock time in milliseconds: for records.</summary>
    public long UnixTime => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public IEnumerable<ClusterTopic> Topics => _topics.Values;

    /// <summary>Lets time-outs strike that are due: sessions, rebalances, transactions.</summary>
    public void Advance()
    {
        var now = Now;
        foreach (var group in _groups.Values)
            group.Advance(now);
        _transactions.Advance(now);
    }

    /// <summary>When <see cref="Advance"/> has something to do next; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan NextDeadline()
    {
        var next = _transactions.NextDeadline();
        foreach (var group in _groups.Values)
        {
            var deadline = group.NextDeadline();
            if (deadline < next)
                next = deadline;
        }

        return next;
    }

    public ClusterTopic? Topic(string name) => _topics.GetValueOrDefault(name);

    public PartitionLog? Log(TopicPartition partition) => Topic(partition.Topic)?.Log(partition.Partition);

    /// <summary>Makes a topic. Groups that read it are rebalanced.</summary>
    public ClusterError CreateTopic(TopicSpec spec, out string reason)
    {
        var error = TopicRules.Check(spec, _brokers, out reason);
        if (error != ClusterError.None)
            return error;
        if (_topics.ContainsKey(spec.Name))
        {
            reason = $"topic '{spec.Name}' exists";
            return ClusterError.TopicAlreadyExists;
        }

        Add(spec.Name, spec.Partitions, spec.Replicas ?? _defaultReplicas, TopicRules.Settings(spec.Settings));
        RebalanceReadersOf(spec.Name);
        return ClusterError.None;
    }

    /// <summary>Deletes a topic with the offsets committed for it. Groups that read it are rebalanced.</summary>
    public ClusterError DeleteTopic(string name)
    {
        if (!Forget(name, out _))
            return ClusterError.UnknownTopicOrPart;
        RebalanceReadersOf(name);
        return ClusterError.None;
    }

    /// <summary>
    /// Deletes a topic and makes it again, so fast that readers do not notice it is another one: no rebalance, only their positions do not fit.
    /// </summary>
    public ClusterError RecreateTopic(string name)
    {
        if (!Forget(name, out var old))
            return ClusterError.UnknownTopicOrPart;
        Add(name, old!.Partitions, old.Replicas, old.Settings);
        return ClusterError.None;
    }

    void Add(string name, int partitions, int replicas, IReadOnlyDictionary<string, string> settings)
    {
        // Counted, not random: the same run gives the same ids.
        var id = new Guid(++_topicIds, 0, 0, new byte[8]);
        _topics.Add(name, new ClusterTopic(name, id, partitions, replicas, settings));
    }

    bool Forget(string name, out ClusterTopic? topic)
    {
        if (!_topics.Remove(name, out topic))
            return false;
        for (var i = 0; i < topic.Partitions; i++)
            _transactions.Forget(topic.Log(i)!);
        foreach (var group in _groups.Values)
            group.Offsets.Forget(name);
        return true;
    }

    void RebalanceReadersOf(string topic)
    {
        foreach (var group in _groups.Values)
        {
            if (group.Members.Any(m => m.Request.Topics.Contains(topic)))
                group.PrepareRebalance(Now);
        }
    }
}
