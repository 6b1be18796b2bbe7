namespace GokaAkka.Testing.Simulation;

/// <summary>A fetch that the leader answers when there is something.</summary>
sealed record FetchExchange(Exchange<FetchAnswer> Exchange, long From, int Max, Isolation Isolation);

/// <summary>What a leader says to a fetch.</summary>
readonly record struct FetchAnswer(ClusterError Error, List<LogRecord> Records, long Next, bool IsEnd);

/// <summary>What a leader says to a batch.</summary>
readonly record struct ProduceAnswer(ClusterError Error, long BaseOffset);

/// <summary>What a leader says a partition holds.</summary>
readonly record struct OffsetsAnswer(ClusterError Error, OffsetRange Range);

// Records: produced, fetched, lost.
sealed partial class SimCluster
{
    // Of each partition the first record that only its leader has: acks=1 acknowledges those, acks=all does not.
    readonly Dictionary<TopicPartition, long> _unreplicated = [];

    /// <summary>Appends a batch of an idempotent producer.</summary>
    public void Produce(
        SimProcess client, ProducerIdentity producer, TopicPartition target, int baseSequence, NewRecord[] records, bool inTransaction,
        Action<ProduceAnswer> answered, Action failed)
    {
        var leader = Leader(target);
        Network.Send<ProduceAnswer>(client, leader, exchange =>
        {
            if (Leader(target) != leader)
            {
                exchange.Answer(new ProduceAnswer(ClusterError.NotLeaderForPartition, -1));
                return;
            }

            var end = State.Log(target)!.HighWatermark;
            var error = Append(producer, target, baseSequence, records, inTransaction, out var offset);
            if (error == ClusterError.None && State.Log(target)!.HighWatermark > end)
            {
                Tell(target, end, client);
                if (_mutations.Has(Mutation.AcksOfLeaderAlone))
                    ReplicateLater(target, end);
            }

            if (error == ClusterError.ProducerFenced)
                Faults.Add(Fault.ProducerFenced);
            exchange.Answer(new ProduceAnswer(error, offset));
        }, answered, failed);
    }

    /// <summary>Reads from a position on; waits a while when there is nothing.</summary>
    public void Fetch(
        SimProcess client, TopicPartition source, long from, int max, Isolation isolation, Action<FetchAnswer> answered, Action failed)
    {
        var leader = Leader(source);
        Network.Send<FetchAnswer>(client, leader, exchange =>
        {
            if (Leader(source) != leader)
            {
                exchange.Answer(new FetchAnswer(ClusterError.NotLeaderForPartition, [], from, false));
                return;
            }

            var fetch = new FetchExchange(exchange, from, max, isolation);
            if (TryServe(source, fetch, force: false) || exchange.IsCopy)
                return;
            Network.Hold(exchange);
            Waiting(source).Add(fetch);
            _scheduler.After(LongPoll, () =>
            {
                if (Waiting(source).Remove(fetch))
                    TryServe(source, fetch, force: true);
            });
        }, answered, failed);
    }

    /// <summary>Asks any broker for topics; those that do not exist are not in the answer.</summary>
    public void Describe(
        SimProcess client, IReadOnlyCollection<string> topics, Action<IReadOnlyDictionary<string, TopicDescription>> answered, Action failed) =>
        Network.Send<IReadOnlyDictionary<string, TopicDescription>>(client, AnyUp(), exchange => exchange.Answer(
            topics.Distinct().Select(State.Topic).OfType<ClusterTopic>().ToDictionary(t => t.Name, t => t.Describe())), answered, failed);

    /// <summary>What a partition holds, read_committed.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="answered">The client gets the answer.</param>
    /// <param name="failed">The client gets none.</param>
    /// <param name="asked">Called at the moment the answer is true.</param>
    public void ListOffsets(SimProcess client, TopicPartition partition, Action<OffsetsAnswer> answered, Action failed, Action asked)
    {
        var leader = Leader(partition);
        Network.Send<OffsetsAnswer>(client, leader, exchange =>
        {
            if (Leader(partition) != leader || State.Log(partition) is not { } log)
            {
                exchange.Answer(new OffsetsAnswer(ClusterError.NotLeaderForPartition, default));
                return;
            }

            if (!exchange.IsCopy)
                asked();
            exchange.Answer(new OffsetsAnswer(ClusterError.None, new OffsetRange(log.LogStart, log.HighWatermark)));
        }, answered, failed);
    }

    /// <summary>Writes records as a client without faults does: those of the workload's source.</summary>
    public long AppendDirectly(TopicPartition target, in NewRecord record, SimProcess writer)
    {
        State.Append(target, record, out var offset);
        Tell(target, offset, writer);
        return offset;
    }

    /// <summary>Serves those who wait for records of any partition: something has become visible.</summary>
    public void ServeWaiting()
    {
        foreach (var partition in _waiting.Keys.OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition))
            ServeWaiting(partition);
    }

    void ServeWaiting(TopicPartition partition)
    {
        if (_waiting.TryGetValue(partition, out var waiting) && waiting.Count > 0)
            waiting.RemoveAll(fetch => fetch.Exchange.IsOver || TryServe(partition, fetch, force: false));
    }

    ClusterError Append(
        ProducerIdentity producer, TopicPartition target, int baseSequence, NewRecord[] records, bool inTransaction, out long offset)
    {
        if (!_mutations.Has(Mutation.NotIdempotent))
        {
            offset = -1;
            // A partition that knows nothing of a producer takes any batch of it as the first. Connections keep the order of what is sent, so
            // that it is the first; requests here overtake each other, so that it has to say so.
            return baseSequence == 0 || State.Log(target)!.Sequences.Knows(producer)
                ? State.Produce(producer, target, baseSequence, records, inTransaction, out offset)
                : ClusterError.OutOfOrderSequenceNumber;
        }

        offset = State.Log(target)!.HighWatermark;
        foreach (var record in records)
            State.Append(target, record, out _);
        return ClusterError.None;
    }

    void Tell(TopicPartition target, long from, SimProcess writer)
    {
        var log = State.Log(target)!;
        var entries = log.Entries;
        for (var i = entries.Count - (int)(log.HighWatermark - from); i < entries.Count; i++)
            Witness.Appended(target, entries[i], writer);
        ServeWaiting(target);
    }

    bool TryServe(TopicPartition source, FetchExchange fetch, bool force)
    {
        if (State.Log(source) is not { } log)
        {
            fetch.Exchange.Answer(new FetchAnswer(ClusterError.UnknownTopicOrPart, [], fetch.From, false));
            return true;
        }

        var records = new List<LogRecord>();
        var next = fetch.From;
        var error = log.Read(ref next, fetch.Max, fetch.Isolation, records);
        if (error == ClusterError.None && next == fetch.From && !force)
            return false;
        fetch.Exchange.Answer(new FetchAnswer(error, records, next, error == ClusterError.None && next >= log.End(fetch.Isolation)));
        return true;
    }

    List<FetchExchange> Waiting(TopicPartition partition)
    {
        if (!_waiting.TryGetValue(partition, out var waiting))
            _waiting[partition] = waiting = [];
        return waiting;
    }

    void ReplicateLater(TopicPartition target, long from)
    {
        _unreplicated.TryAdd(target, from);
        _scheduler.After(_random.Milliseconds(5, 300), () =>
        {
            if (_unreplicated.TryGetValue(target, out var first) && first <= from)
                _unreplicated.Remove(target);
        });
    }

    void LoseUnreplicated(TopicPartition partition)
    {
        if (_unreplicated.Remove(partition, out var first))
            State.Log(partition)!.TruncateTo(first);
    }
}
