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
    IGroupEvents? _events;

    public SimConsumer(SimWorld world, SimProcess process, GroupConsumerOptions options)
    {
        _world = world;
        _process = process;
        _cluster = world.Cluster;
        _protocol = new GroupProtocol(process, world.Scheduler, _cluster, world.Random, options.Group, world.Settings.Group);
        _fetches = new FetchSet(process, _cluster, world.Random, options.Group, world.Mutations);
        _commits = new OffsetCommits(process, _cluster, world.Random);
        _defects = new CommitDefects(world.Mutations);
    }

    /// <summary>Whether the next poll has something to say at once.</summary>
    public bool HasNews => _protocol.HasNews || _fetches.HasRecords;

    public IGroupMembership Membership => _protocol.Membership;

    /// <summary>The generation it is a member of; -1 for none.</summary>
    public int Generation => _protocol.Membership.Generation;

    public TimeSpan Lease => _world.Mutations.Has(Mutation.ForgetsItsLease) ? Timeout.InfiniteTimeSpan : _world.Settings.Group.Session - _world.Settings.Group.Heartbeat;

    public void Subscribe(IReadOnlyList<string> topics, IGroupEvents events)
    {
        _events = events;
        _protocol.Join(topics);
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
        _commits.Drop(offsets);
        ClusterError? answer = null;
        var isOver = false;
        _cluster.Commit(_process, _protocol.Membership, offsets, error => (answer, isOver) = (error, true), () => isOver = true);
        _process.Wait(() => isOver, Timeout.InfiniteTimeSpan);
        // What was stored goes on to be committed in the background.
        if (answer is null or ClusterError.NotCoordinatorForGroup)
            _commits.Add(offsets, () => _protocol.Membership);
        if (answer is null)
            throw new KafkaFaultException("Could not commit", Testing.Faults.TimedOut("the commit"));
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
        _process.Wait(() => isOver, Timeout.InfiniteTimeSpan);
        _fetches.Assign([]);
    }

    public void Dispose()
    {
    }

    void Assigned()
    {
        Trace("assigned");
        _fetches.Assign(_protocol.Owned);
        if (_defects.OfLost is { Count: > 0 } lost)
            CommitInBackground(lost);
        foreach (var position in _events!.Assigned(_protocol.Owned))
            _fetches.Seek(position);
        _fetches.Start();
    }

    void LetGo(string how, Action<IReadOnlyList<TopicPartition>> tell)
    {
        _cluster.Faults.Add(how == "lost" ? Fault.PartitionsLost : Fault.PartitionsRevoked);
        Trace(how);
        if (how == "lost")
            _defects.Lost();
        tell(_protocol.Owned);
        _fetches.Assign([]);
        _commits.Clear();
        _protocol.LetGo();
    }

    void Trace(string how) => _world.Trace.Add($"{_process.Name}: {how} {string.Join(' ', _protocol.Owned)}");
}
