namespace GokaAkka.Testing.Simulation;

/// <summary>
/// A member of a group, as the native client is one: heartbeats and fetches go on in the background, rebalances are told inside
/// <see cref="Poll"/>, offsets are committed in the background and on request.
/// </summary>
sealed class SimConsumer : IGroupConsumer
{
    readonly SimProcess _process;
    readonly Scheduler _scheduler;
    readonly SimCluster _cluster;
    readonly SimRandom _random;
    readonly GroupProtocol _protocol;
    readonly FetchSet _fetches;
    readonly OffsetCommits _commits;
    IGroupEvents? _events;

    public SimConsumer(SimProcess process, Scheduler scheduler, SimCluster cluster, SimRandom random, string group, GroupTimings timings)
    {
        _process = process;
        _scheduler = scheduler;
        _cluster = cluster;
        _random = random;
        _protocol = new GroupProtocol(process, scheduler, cluster, random, group, timings);
        _fetches = new FetchSet(process, cluster, random, group);
        _commits = new OffsetCommits(process, cluster, random);
    }

    /// <summary>Whether the next poll has something to say at once.</summary>
    public bool HasNews => _protocol.HasNews || _fetches.HasRecords;

    public IGroupMembership Membership => _protocol.Membership;

    /// <summary>The generation it is a member of; -1 for none.</summary>
    public int Generation => _protocol.Membership.Generation;

    /// <summary>Told what a rebalance does, for the trace.</summary>
    public Action<string, IReadOnlyList<TopicPartition>>? Rebalanced { get; set; }

    /// <summary>A defect: whoever starts again goes on behind what was read.</summary>
    public bool IgnoresSeeks { get; init; }

    public void Subscribe(IReadOnlyList<string> topics, IGroupEvents events)
    {
        _events = events;
        _protocol.Join(topics);
    }

    public int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
    {
        _protocol.Polled();
        switch (_protocol.TakeStep())
        {
            case SessionStep.Assigned:
                Assigned();
                break;
            case SessionStep.Revoked:
                LetGo("revoked", _events!.Revoked);
                break;
            case SessionStep.Lost:
                LetGo("lost", _events!.Lost);
                break;
        }

        return _fetches.HandOut(maxRecords, sink);
    }

    public void Pause(IReadOnlyCollection<TopicPartition> partitions) => _fetches.Pause(partitions);

    public void Resume(IReadOnlyCollection<TopicPartition> partitions) => _fetches.Resume(partitions);

    public void Seek(TopicPartitionOffset position)
    {
        if (!IgnoresSeeks)
            _fetches.Seek(position);
    }

    public void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        // On its way already, or replaced by these.
        _commits.Drop(offsets);
        ClusterError? answer = null;
        var isOver = false;
        _cluster.Commit(_process, _protocol.Membership, offsets, error => (answer, isOver) = (error, true), () => isOver = true);
        Wait(() => isOver);
        if (answer is null)
            throw new KafkaFaultException("Could not commit", Testing.Faults.TimedOut("the commit"));
        if (answer != ClusterError.None)
            throw new KafkaFaultException("Could not commit", Testing.Faults.Of(answer.Value, "the member is not in the group any more"));
    }

    public void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets) => _commits.Add(offsets, () => _protocol.Membership);

    public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout)
    {
        CommittedAnswer? answer = null;
        var isOver = false;
        _cluster.Committed(
            _process, _protocol.Membership.Group, [.. partitions], found => (answer, isOver) = (found, true), () => isOver = true);
        Wait(() => isOver);
        if (answer is not { Error: ClusterError.None } known)
            throw new KafkaFaultException("Could not read committed offsets", Testing.Faults.TimedOut("the question"));
        return [.. known.Offsets.Where(o => o.Offset is not null).Select(o => new TopicPartitionOffset(o.Partition.Topic, o.Partition.Partition, o.Offset!.Value))];
    }

    public void Close()
    {
        if (_protocol.Owned.Count > 0)
        {
            if (_protocol.IsLost)
                LetGo("lost", _events!.Lost);
            else
                LetGo("revoked", _events!.Revoked);
        }

        var isOver = false;
        _protocol.Leave(() => isOver = true);
        Wait(() => isOver);
        _fetches.Assign([]);
    }

    public void Dispose()
    {
    }

    void Assigned()
    {
        Rebalanced?.Invoke("assigned", _protocol.Owned);
        _fetches.Assign(_protocol.Owned);
        foreach (var position in _events!.Assigned(_protocol.Owned))
            _fetches.Seek(position);
        _fetches.Start();
    }

    void LetGo(string how, Action<IReadOnlyList<TopicPartition>> tell)
    {
        _cluster.Faults.Add(how == "lost" ? Fault.PartitionsLost : Fault.PartitionsRevoked);
        Rebalanced?.Invoke(how, _protocol.Owned);
        tell(_protocol.Owned);
        _fetches.Assign([]);
        _commits.Clear();
        _protocol.LetGo();
    }

    /// <summary>The polling thread waits; everything else goes on.</summary>
    void Wait(Func<bool> until)
    {
        _scheduler.RunUntil(() => !_process.IsAlive || (_process.IsRunning && until()), TimeSpan.MaxValue);
        if (!_process.IsAlive || _scheduler.IsStopped)
            throw new ProcessDiedException();
    }
}
