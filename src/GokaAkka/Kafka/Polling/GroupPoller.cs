using GokaAkka.Runtime;

namespace GokaAkka.Kafka.Polling;

/// <summary>
/// The one thread that touches a processor's group consumer: polls, sorts records into batches by partition, pauses and resumes by how much
/// each partition has left to do, commits what partitions have posted. It never waits for a partition's work, except while partitions drain
/// in a rebalance, for a bounded time.
/// </summary>
sealed partial class GroupPoller : IGroupEvents, IRecordSink, ILoop
{
    readonly IGroupConsumer _consumer;
    readonly IPollListener _listener;
    readonly PollOptions _options;
    readonly NodeRuntime _runtime;
    readonly TimeProvider _time;
    readonly IReadOnlyList<string> _topics;
    readonly PollCommands _commands = new();
    readonly Dictionary<TopicPartition, PartitionFlow> _flows = [];
    readonly HaltedTopics _halted;
    readonly List<PartitionFlow> _filling = [];

    // Of a topic that was deleted and created again, and not read from its beginning yet.
    readonly HashSet<TopicPartition> _recreated = [];

    // As last heard, where the brokers tell.
    readonly Dictionary<string, string> _topicIds;
    readonly AutoResetEvent _roomMade = new(false);
    ITimer? _renewal;
    int _generation;

    // Whether no member was there with other inputs when this one was given its first partitions.
    bool _isAlike;
    long _lastPoll;
    long _lastCommit;
    long _lastCommitAgain;
    volatile bool _stopping;
    volatile IGroupMembership? _membership;
    PartitionFlow? _lastFlow;

    // Set once partitions finish because the poller stops: nothing is taken on any more.
    Task? _leaving;

    public GroupPoller(
        IGroupConsumer consumer, IReadOnlyList<string> topics, IPollListener listener, PollOptions options, NodeRuntime runtime, string name)
    {
        _consumer = consumer;
        _topics = topics;
        _listener = listener;
        _options = options;
        _halted = options.Halted;
        _topicIds = new(options.TopicIds);
        _runtime = runtime;
        _time = runtime.Time;
        _lastPoll = _lastCommitAgain = _time.GetTimestamp();
        Name = name;
        // Transactions are refused to a member that has lost its partitions, whatever it takes itself for.
        Lease = options.IsTransactional || consumer.Lease == Timeout.InfiniteTimeSpan ? MembershipLease.Endless : new MembershipLease(_time, consumer.Lease);
    }

    // Draining is bounded by the partitions themselves; this only guards against one that never answers.
    TimeSpan LongestDrain => _options.DrainTimeout + TimeSpan.FromSeconds(5);

    /// <summary>What partitions post and the thread commits.</summary>
    public CommitBoard Board { get; } = new();

    /// <summary>Whether what was assigned may be taken for this member's.</summary>
    public MembershipLease Lease { get; }

    /// <summary>Where offsets have jumped.</summary>
    public OffsetGaps Gaps { get; } = new();

    /// <summary>Proof of the present assignment, for transactions; null before the first, and where nobody needs it.</summary>
    public IGroupMembership? Membership => _membership;

    /// <summary>How long ago the thread last polled. Grows only when the thread is stuck or partitions drain.</summary>
    public TimeSpan PollAge => _time.GetElapsedTime(Interlocked.Read(ref _lastPoll));

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Whether it was asked to leave.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Joins the group and polls, on a thread of its own.</summary>
    public void Start()
    {
        // Beside the thread, which may wait in calls for a coordinator that is away: the process stands still only when neither runs.
        _renewal = _time.CreateTimer(static lease => ((MembershipLease)lease!).Renew(), Lease, Lease.Turn, Lease.Turn);
        _runtime.Start(this);
    }

    /// <summary>Leaves the group: partitions are revoked as in any rebalance, then <see cref="IPollListener.Ended"/> is told.</summary>
    public void Stop()
    {
        _stopping = true;
        _roomMade.Set();
    }

    /// <summary>The partition is ready: all its topics' records flow to it.</summary>
    public void Open(int partition, int generation, IBatchTarget target) => Post(() =>
    {
        foreach (var flow in FlowsOf(partition, generation))
        {
            flow.Target = target;
            HandOverHeld(flow);
        }
    });

    /// <summary>
    /// Stops or resumes the flow of a topic's records, also of partitions assigned later. What is written after a stop is not handed out, what
    /// was polled before it is. Any thread.
    /// </summary>
    public void Halt(string topic, bool halted)
    {
        _halted.Set(topic, halted);
        Post(() =>
        {
            foreach (var flow in _flows.Values)
                HandOverHeld(flow);
        });
    }

    /// <summary>Asks on the polling thread what the group has committed for a partition; null for nothing.</summary>
    public Task<long?> AskCommitted(TopicPartition id)
    {
        var answer = new TaskCompletionSource<long?>(_runtime.Completion);
        Post(() =>
        {
            try
            {
                ObjectDisposedException.ThrowIf(_commands.HasEnded, this);
                var committed = _consumer.Committed([id], _options.AskTimeout);
                answer.TrySetResult(committed.Count == 0 ? null : committed[0].Offset);
            }
            catch (Exception e) when (e is KafkaFaultException or ObjectDisposedException)
            {
                answer.TrySetException(e);
            }
        });
        return answer.Task;
    }

    /// <summary>A partition has worked something off. Any thread.</summary>
    public void RoomMade() => _roomMade.Set();

    void Post(Action command)
    {
        _commands.Post(command);
        _roomMade.Set();
    }

    /// <inheritdoc/>
    public void Begin() => _consumer.Subscribe(_topics, this);

    /// <inheritdoc/>
    public void End(Exception? error)
    {
        if (error is null)
            Guarded(Leave);
        Guarded(_consumer.Close);
        Guarded(_consumer.Dispose);
        foreach (var flow in _flows.Values)
            flow.IsLost |= error is not null;
        _flows.Clear();
        _renewal?.Dispose();
        Lease.End();
        Guarded(_commands.End);
        _listener.Ended(error);

        void Guarded(Action last)
        {
            try
            {
                last();
            }
            catch (Exception e)
            {
                error ??= e;
            }
        }
    }

    /// <summary>
    /// Partitions finish and are committed while polling goes on. librdkafka sends no heartbeats while it closes: a member that took longer
    /// than its session to finish would be thrown out, and what it had done would be done again by the next owner.
    /// </summary>
    void Leave()
    {
        var mine = _flows.Keys.ToArray();
        if (mine.Length == 0)
            return;
        _consumer.Pause([.. _flows.Values.Where(static f => !f.IsPaused).Select(static f => f.Id)]);
        foreach (var id in mine)
            Forget(id);
        _leaving = _listener.Revoked(mine);
        // A coordinator that does not answer may take the rest of what a stop is promised to take.
        var (started, longest) = (_time.GetTimestamp(), _options.DrainTimeout + TimeSpan.FromSeconds(1));
        while (!_leaving.IsCompleted && _time.GetElapsedTime(started) < longest)
        {
            Interlocked.Exchange(ref _lastPoll, _time.GetTimestamp());
            _consumer.Poll(_options.BusyTimeout, _options.Records, this);
        }

        CommitLast(mine);
    }

    /// <inheritdoc/>
    public void Step()
    {
        _commands.Run();
        var busy = Throttle();
        Interlocked.Exchange(ref _lastPoll, _time.GetTimestamp());
        _consumer.Poll(busy ? _options.BusyTimeout : _options.Timeout, _options.Records, this);
        foreach (var flow in _filling)
            CloseBatch(flow);
        _filling.Clear();
        if (!Lease.Renew() && (_flows.Count == 0 || CommitAgain()))
            Lease.Prove();
        if (_time.GetElapsedTime(_lastCommit) < _options.CommitInterval)
            return;
        _lastCommit = _time.GetTimestamp();
        if (Board.Take() is { Count: > 0 } commits)
            _consumer.CommitInBackground(commits);
        if (!_options.IsTransactional && _time.GetElapsedTime(_lastCommitAgain) >= _options.CommitAgainInterval)
            CommitAgain();
    }

    /// <summary>Commits what is committed already, which the coordinator takes of members alone.</summary>
    /// <returns>Whether it did.</returns>
    bool CommitAgain()
    {
        _lastCommitAgain = _time.GetTimestamp();
        try
        {
            var all = Board.Identify([.. _flows.Keys.Select(id => new TopicPartitionOffset(id.Topic, id.Partition, Board.Last(id)))]);
            var quiet = all.FindAll(static o => o.Offset < 0).ConvertAll(static o => new TopicPartition(o.Topic, o.Partition));
            var committed = quiet.Count == 0 ? [] : _consumer.Committed(quiet, _options.AskTimeout);
            // Where nothing is committed yet, where the partition began says the same: without any offset the coordinator would not be asked.
            var begun = quiet.Where(id => _flows[id].FirstOffset >= 0 && !committed.Any(c => c.Topic == id.Topic && c.Partition == id.Partition))
                .Select(id => new TopicPartitionOffset(id.Topic, id.Partition, _flows[id].FirstOffset));
            List<TopicPartitionOffset> again = [.. all.Where(static o => o.Offset >= 0), .. committed, .. begun];
            if (again.Count > 0)
                _consumer.Commit(again);
            return true;
        }
        catch (KafkaFaultException e)
        {
            // They are kept for days: the next time is soon enough.
            _listener.Faulted(e.Fault);
            return false;
        }
    }

    /// <summary>
    /// Pauses partitions that have enough to do and resumes those that have not. A pause makes the client fetch again what it had, so a
    /// partition that is merely busy for a moment is waited for, briefly, instead.
    /// </summary>
    /// <returns>Whether something is paused that may be resumed soon.</returns>
    bool Throttle()
    {
        var deadline = _time.GetTimestamp();
        while (AnyFull() && _time.GetElapsedTime(deadline) < _options.Patience && !_stopping)
            _roomMade.WaitOne(_options.BusyTimeout);
        List<TopicPartition>? pause = null, resume = null;
        var paused = false;
        foreach (var flow in _flows.Values)
        {
            var stop = _halted.Contains(flow.Id.Topic) || flow.Target is null || IsFull(flow, flow.IsPaused ? 2 : 1);
            paused |= stop;
            if (stop == flow.IsPaused)
                continue;
            flow.IsPaused = stop;
            (stop ? pause ??= [] : resume ??= []).Add(flow.Id);
        }

        if (pause is not null)
            _consumer.Pause(pause);
        if (resume is not null)
            _consumer.Resume(resume);
        return paused;
    }

    bool AnyFull()
    {
        foreach (var flow in _flows.Values)
        {
            if (!flow.IsPaused && IsFull(flow, 1))
                return true;
        }

        return false;
    }

    bool IsFull(PartitionFlow flow, int share) =>
        flow.Records >= _options.QueuedRecords / share || flow.Bytes >= _options.QueuedBytes / share;

    void IRecordSink.Add(
        string topic, int partition, long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull,
        Headers? headers)
    {
        // Records come in runs of a partition: most find the flow of the one before.
        if (_lastFlow is not { } flow || flow.Id.Partition != partition || flow.Id.Topic != topic)
        {
            if (!_flows.TryGetValue(new TopicPartition(topic, partition), out flow))
                return;
            _lastFlow = flow;
        }

        if (flow.Filling is null)
        {
            flow.Filling = new RecordBatch(flow.Id.Topic, partition, flow.Generation);
            _filling.Add(flow);
            if (flow.FirstOffset < 0)
                flow.FirstOffset = offset;
        }

        if (offset > flow.Next && flow.Next >= 0)
            Gaps.Add(flow.Id, flow.Next, offset);
        flow.Next = offset + 1;
        flow.Filling.Add(offset, timestamp, key, value, valueIsNull, headers);
    }

    void CloseBatch(PartitionFlow flow)
    {
        if (flow.Filling is not { } batch)
            return;
        flow.Filling = null;
        flow.Held.Enqueue(batch);
        HandOverHeld(flow);
    }

    /// <summary>Gives a partition what it may have: nothing before it is open, and nothing of a topic that is halted.</summary>
    void HandOverHeld(PartitionFlow flow)
    {
        if (flow.Target is null || _halted.Contains(flow.Id.Topic))
            return;
        while (flow.Held.TryDequeue(out var batch))
            HandOver(flow, batch);
    }

    static void HandOver(PartitionFlow flow, RecordBatch batch)
    {
        flow.Take(batch);
        flow.Target!.Read(batch);
    }
}
