namespace GokaAkka.Testing.Simulation;

/// <summary>
/// A member of a group, as the native client is one: heartbeats and fetches go on in the background, rebalances are told inside
/// <see cref="Poll"/>, offsets are committed in the background and on request.
/// </summary>
sealed class SimConsumer : IGroupConsumer
{
    readonly SimWorld _world;
    readonly SimProcess _process;
    readonly SimCluster _cluster;
    readonly GroupProtocol _protocol;
    readonly FetchSet _fetches;
    readonly OffsetCommits _commits;
    readonly CommitDefects _defects;
    readonly bool _isCooperative;
    AnchoredTopics _topics = new([], false);
    IGroupEvents? _events;

    public SimConsumer(SimWorld world, SimProcess process, GroupConsumerOptions options)
    {
        _world = world;
        _process = process;
        _cluster = world.Cluster;
        _protocol = new GroupProtocol(process, world.Scheduler, _cluster, world.Random, options.Group, world.Settings.Group, options.Rebalance);
        _isCooperative = options.Rebalance == RebalanceProtocol.Cooperative;
        _fetches = new FetchSet(process, _cluster, world.Random, options.Group, world.Mutations);
        _commits = new OffsetCommits(process, _cluster, world.Random, _fetches.Has);
        _defects = new CommitDefects(world.Mutations);
        process.Resumed = pause => IsUnproved |= pause > world.Settings.Group.Session;
    }

    /// <summary>Whether the next poll has something to say at once.</summary>
    public bool HasNews => _protocol.HasNews || _fetches.HasRecords;

    public IGroupMembership Membership => _protocol.Membership;

    /// <summary>The generation it is a member of; -1 for none.</summary>
    public int Generation => _protocol.Membership.Generation;

    public TimeSpan Lease => _world.Mutations.Has(Mutation.ForgetsItsLease) ? Timeout.InfiniteTimeSpan : _world.Settings.Group.Session - _world.Settings.Group.Heartbeat;

    /// <summary>Whether its process stood still for longer than its session, and the group has not said since what is its own.</summary>
    public bool IsUnproved { get; private set; }

    public void Subscribe(IReadOnlyList<string> topics, IGroupEvents events)
    {
        _events = events;
        _topics = new AnchoredTopics(topics, _isCooperative);
        _protocol.Join(_topics.Subscribed);
    }

    public int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
    {
        _protocol.Polled();
        if (timeout > TimeSpan.Zero && !HasNews)
            _process.Wait(() => HasNews, timeout);
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

        var given = _fetches.HandOut(maxRecords, sink);
        if (_world.Mutations.Has(Mutation.CommitsWhatIsRead))
            CommitInBackground(_fetches.Given);
        return given;
    }

    public void Pause(IReadOnlyCollection<TopicPartition> partitions) => _fetches.Pause(partitions);

    public void Resume(IReadOnlyCollection<TopicPartition> partitions) => _fetches.Resume(partitions);

    public void Seek(TopicPartitionOffset position)
    {
        if (!_world.Mutations.Has(Mutation.RestartsBehindWhatWasRead))
            _fetches.Seek(position);
    }

    public void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        offsets = _defects.Of(offsets);
        // On its way already, or replaced by these.
        _commits.Drop([.. offsets.Select(static o => new TopicPartition(o.Topic, o.Partition))]);
        ClusterError? answer = null;
        var isOver = false;
        _cluster.Commit(_process, _protocol.Membership, offsets, error => (answer, isOver) = (error, true), () => isOver = true);
        _process.Wait(() => isOver, Timeout.InfiniteTimeSpan);
        // What was stored goes on to be committed in the background.
        if (answer is null or ClusterError.NotCoordinatorForGroup)
            _commits.Add(offsets, () => _protocol.Membership);
        if (answer is null)
            throw new KafkaFaultException("Could not commit", Testing.Faults.TimedOut("the commit"));
        IsUnproved = false;
        if (answer != ClusterError.None)
            throw new KafkaFaultException("Could not commit", Testing.Faults.Of(answer.Value, "the member is not in the group any more"));
    }

    public void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets) => _commits.Add(_defects.Of(offsets), () => _protocol.Membership);

    public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout)
    {
        CommittedAnswer? answer = null;
        var isOver = false;
        _cluster.Committed(
            _process, _protocol.Membership.Group, [.. partitions], found => (answer, isOver) = (found, true), () => isOver = true);
        _process.Wait(() => isOver, Timeout.InfiniteTimeSpan);
        if (answer is not { Error: ClusterError.None } known)
            throw new KafkaFaultException("Could not read committed offsets", Testing.Faults.TimedOut("the question"));
        return [.. known.Offsets.Where(static o => o.Offset is not null).Select(static o => o.Offset!.Value)];
    }

    public void Close()
    {
        if (_protocol.Owned.Count > 0)
        {
            _protocol.End();
            if (_protocol.IsLost)
                LetGo("lost", _events!.Lost);
            else
                LetGo("revoked", _events!.Revoked);
        }

        var isOver = false;
        _protocol.Leave(() => isOver = true);
        _process.Wait(() => isOver, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
    }

    void Assigned()
    {
        var partitions = _topics.With(_protocol.News);
        Trace("assigned", partitions);
        IsUnproved = false;
        _fetches.Add(partitions);
        if (_defects.OfLost is { Count: > 0 } lost)
            CommitInBackground(lost);
        foreach (var position in _events!.Assigned(partitions))
            _fetches.Seek(position);
        _fetches.Start();
        _protocol.Took();
    }

    void LetGo(string how, Action<IReadOnlyList<TopicPartition>> tell)
    {
        var gone = _protocol.News;
        var partitions = _topics.With(gone);
        _cluster.Faults.Add(how == "lost" ? Fault.PartitionsLost : Fault.PartitionsRevoked);
        Trace(how, partitions);
        if (how == "lost")
            _defects.Lost();
        IsUnproved = false;
        tell(partitions);
        _fetches.Remove(partitions);
        _commits.Drop(partitions);
        _protocol.LetGo(gone);
    }

    void Trace(string how, IReadOnlyList<TopicPartition> partitions) => _world.Trace.Add($"{_process.Name}: {how} {string.Join(' ', partitions)}");
}
