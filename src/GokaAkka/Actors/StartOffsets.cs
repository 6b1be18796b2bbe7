namespace GokaAkka.Actors;

/// <summary>
/// Where inputs start that are not read from their first record: only partitions without a committed offset are concerned. Called on the polling thread
/// while it is given partitions, which waits for the answers: without them nothing can be read.
/// </summary>
sealed class StartOffsets
{
    readonly Dictionary<string, StartAt> _starts = [];
    readonly IGroupConsumer _consumer;
    readonly ITopicManager _topics;
    readonly TimeSpan _timeout;
    readonly Persistence _persistence;
    readonly CancellationToken _stop;

    public StartOffsets(
        IEnumerable<Edge> inputs, IGroupConsumer consumer, ITopicManager topics, GokaSettings settings, Persistence persistence, CancellationToken stop)
    {
        _persistence = persistence;
        _stop = stop;
        _consumer = consumer;
        _topics = topics;
        _timeout = settings.Kafka.ConnectTimeout;
        foreach (var input in inputs)
        {
            var start = (input as IInputOptions)?.Options.Start ?? (settings.Processor.StartOffset == StartOffset.Latest ? StartAt.Latest : StartAt.Earliest);
            if (start != StartAt.Earliest)
                _starts[input.Topic] = start;
        }
    }

    public bool IsNeeded => _starts.Count > 0;

    public IReadOnlyList<TopicPartitionOffset> Find(IReadOnlyList<TopicPartition> partitions)
    {
        var concerned = partitions.Where(p => _starts.ContainsKey(p.Topic)).ToList();
        return concerned.Count == 0 ? [] : Persist(() => Ask(concerned)) ?? [];
    }

    /// <summary>The topic's id now; null where brokers do not tell, it does not exist, or the group is left meanwhile.</summary>
    public string? TopicId(string topic) => Persist(() => Wait(_topics.Describe([topic])).GetValueOrDefault(topic)?.TopicId);

    T? Persist<T>(Func<T?> ask)
        where T : class
    {
        while (true)
        {
            try
            {
                var found = ask();
                _persistence.Succeeded();
                return found;
            }
            catch (KafkaFaultException e) when (e.Fault.Kind == FaultKind.Retriable)
            {
                // Leaving the group: nothing will be read, wherever it would start.
                if (_stop.WaitHandle.WaitOne(_persistence.Failed(e)))
                    return null;
            }
        }
    }

    List<TopicPartitionOffset> Ask(List<TopicPartition> concerned)
    {
        var found = new List<TopicPartitionOffset>();
        foreach (var topic in concerned.GroupBy(static p => p.Topic))
        {
            var start = _starts[topic.Key];
            found.AddRange(start.Time is { } time ? AtTime(time, [.. topic]) : AtEnd(topic.Key, [.. topic]));
        }

        return found;
    }

    List<TopicPartitionOffset> AtTime(DateTimeOffset time, List<TopicPartition> partitions)
    {
        var committed = Committed(partitions);
        return [.. partitions.Where(p => !committed.Contains(p))
            .Select(p => new TopicPartitionOffset(p.Topic, p.Partition, Wait(_topics.OffsetAt(p.Topic, p.Partition, time))))];
    }

    /// <summary>
    /// The end is where the group came to the topic, not where it happens to be later. So it is committed at once, for all partitions in one request: what
    /// comes to one that has had no record is not lost by a restart, and a partition that was added later, which has no committed offset where others
    /// have, is read from its first record.
    /// </summary>
    List<TopicPartitionOffset> AtEnd(string topic, List<TopicPartition> partitions)
    {
        var description = Wait(_topics.Describe([topic])).GetValueOrDefault(topic);
        var all = Enumerable.Range(0, Math.Max(description?.Partitions ?? 0, partitions.Max(static p => p.Partition) + 1)).Select(p => new TopicPartition(topic, p)).ToList();
        var committed = Committed(all);
        if (committed.Count > 0)
            return [.. partitions.Where(p => !committed.Contains(p)).Select(p => new TopicPartitionOffset(topic, p.Partition, Wait(_topics.Offsets(topic, p.Partition)).Low))];
        var ends = all.ConvertAll(p => new TopicPartitionOffset(topic, p.Partition, Wait(_topics.Offsets(topic, p.Partition)).High) { TopicId = description?.TopicId });
        try
        {
            _consumer.Commit(ends);
        }
        catch (KafkaFaultException e) when (e.Fault.Kind != FaultKind.Retriable)
        {
            // The next generation has begun already: who has the partitions in that one finds the ends and commits them.
        }

        return ends.FindAll(e => partitions.Contains(new TopicPartition(topic, e.Partition)));
    }

    HashSet<TopicPartition> Committed(List<TopicPartition> partitions) =>
        [.. _consumer.Committed(partitions, _timeout).Select(static o => new TopicPartition(o.Topic, o.Partition))];

    static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
