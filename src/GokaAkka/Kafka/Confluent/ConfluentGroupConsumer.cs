using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using GokaAkka.Kafka.Native;

namespace GokaAkka.Kafka.Confluent;

/// <summary>A group member on Confluent.Kafka's consumer.</summary>
sealed partial class ConfluentGroupConsumer : IGroupConsumer, IFetchEvents
{
    // The client's own commit and close wait for a coordinator that is away as long as a session lasts.
    static readonly TimeSpan CoordinatorTimeout = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LeavingPoll = TimeSpan.FromMilliseconds(20);

    readonly IConsumer<Ignore, Ignore> _consumer;
    readonly TopicNames _names = new();
    readonly NativeFetch _fetch;
    readonly FaultFilter _filter = new();
    readonly HashSet<TopicPartition> _assigned = [];
    readonly HashSet<TopicPartition> _paused = [];
    readonly HashSet<TopicPartition> _stored = [];
    readonly Dictionary<TopicPartition, long> _seeks = [];
    readonly string _where;
    readonly string _group;
    readonly bool _isAnchored;
    readonly bool _isCooperative;
    readonly bool _isStatic;
    AnchoredTopics _topics = new([], false);
    IGroupEvents? _events;
    IGroupMembership? _membership;
    bool _isAway;
    long? _silentAt;
    bool _closed;

    /// <param name="options">Options.</param>
    /// <param name="isAnchored">Whether the group is joined for one topic, and the others' partitions are taken along.</param>
    /// <param name="config">Native settings.</param>
    /// <param name="where">Where the cluster is.</param>
    /// <param name="log">Takes the client's own lines.</param>
    public ConfluentGroupConsumer(GroupConsumerOptions options, bool isAnchored, Dictionary<string, string> config, string where, ClientLog log)
    {
        _group = options.Group;
        _isAnchored = isAnchored;
        _isCooperative = options.Rebalance == RebalanceProtocol.Cooperative;
        _isStatic = config.ContainsKey("group.instance.id");
        _passing = new StillHere(_going, _seeks);
        _where = $"group '{options.Group}' on {where}";
        Lease = LeaseOf(config);
        _consumer = new ConsumerBuilder<Ignore, Ignore>(config)
            .SetErrorHandler((_, error) => Tell(Faults.From(error)))
            .SetLogHandler((_, line) => log.Add(line))
            .SetStatisticsHandler((c, json) => log.Statistics(c.Name, json))
            .SetOffsetsCommittedHandler((_, committed) => Committed(committed))
            .SetPartitionsAssignedHandler((_, partitions) => Guarded(() => Assigned(partitions)) ?? AsCommitted(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Guarded(() => Gone(partitions, _events!.Revoked)))
            .SetPartitionsLostHandler((_, partitions) => Guarded(() => Gone(partitions, _events!.Lost)))
            .Build();
        _fetch = NativeFetch.Open(_consumer, _names);
    }

    /// <remarks>Once it closes, the last one: a client that ends may not be asked, which would end the process.</remarks>
    public IGroupMembership Membership =>
        _closed && _membership is { } last ? last : _membership = new ConfluentMembership(_consumer.ConsumerGroupMetadata, _group);

    public int Generation => GroupGeneration.Of(_consumer.ConsumerGroupMetadata);

    public TimeSpan Lease { get; }

    public void Subscribe(IReadOnlyList<string> topics, IGroupEvents events)
    {
        _topics = new AnchoredTopics(topics, _isAnchored);
        _events = events;
        foreach (var topic in topics)
            _names.Know(topic);
        Try($"Joining {_where}", () => _consumer.Subscribe(_topics.Subscribed));
    }

    public int Poll(TimeSpan timeout, int maxRecords, IRecordSink sink)
    {
        try
        {
            return PollGuarded(timeout, maxRecords, sink);
        }
        finally
        {
            ThrowFailure();
        }
    }

    int PollGuarded(TimeSpan timeout, int maxRecords, IRecordSink sink)
    {
        FollowAnchor();
        if (_seeks.Count > 0)
            SeekAgain();
        if (_isCooperative || _seeks.Count > 0)
            sink = _passing.To(sink);
        var taken = 0;
        for (var wait = timeout; taken < maxRecords; wait = TimeSpan.Zero)
        {
            var more = _fetch.Take(wait, maxRecords - taken, sink, this);
            FollowAnchor();
            if (more == 0)
                break;
            taken += more;
        }

        return taken;
    }

    public void Pause(IReadOnlyCollection<TopicPartition> partitions)
    {
        Try($"Pausing partitions of {_where}", () => _consumer.Pause(partitions.Select(Theirs)));
        _paused.UnionWith(partitions);
    }

    public void Resume(IReadOnlyCollection<TopicPartition> partitions)
    {
        Try($"Resuming partitions of {_where}", () => _consumer.Resume(partitions.Select(Theirs)));
        _paused.ExceptWith(partitions);
        FetcherWake.Wake(_consumer, [.. partitions.Where(p => !_seeks.ContainsKey(p)).Select(Theirs)]);
    }

    public void Seek(TopicPartitionOffset position)
    {
        var id = new TopicPartition(position.Topic, position.Partition);
        if (TrySeek(position))
            _seeks.Remove(id);
        else
            _seeks[id] = position.Offset;
    }

    public void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        var what = $"Committing offsets of {_where} failed";
        // On leaving it was asked for an answer just before, and takes no more questions.
        if (_closed ? _isAway : !CoordinatorAnswers())
            throw new KafkaFaultException(what, Faults.CoordinatorAway);
        // What was stored last is committed once more as the partitions leave, and would take these offsets back.
        CommitInBackground([.. offsets.Where(o => _stored.Contains(new TopicPartition(o.Topic, o.Partition)))]);
        try
        {
            NativeCommits.Commit(_consumer, offsets);
        }
        catch (KafkaException e)
        {
            throw Faults.Exception(what, e);
        }
    }

    public void CommitInBackground(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        // Of what is not assigned any more, the next owner reads on from what was committed before.
        foreach (var offset in NativeCommits.Store(_consumer, offsets))
            _stored.Add(new TopicPartition(offset.Topic, offset.Partition));
    }

    public IReadOnlyList<TopicPartitionOffset> Committed(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout)
    {
        try
        {
            return NativeCommits.Committed(_consumer, partitions, timeout);
        }
        catch (KafkaException e)
        {
            throw Faults.Exception($"Asking for the committed offsets of {_where} failed", e);
        }
    }

    public void RefuseForeignMembers(TimeSpan timeout)
    {
        DescribeConsumerGroupsResult found;
        try
        {
            using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
            // A call of this client that its own code fails in never ends.
            found = admin.DescribeConsumerGroupsAsync([_group], new DescribeConsumerGroupsOptions { RequestTimeout = timeout }).WaitAsync(timeout + CoordinatorTimeout).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is KafkaException or TimeoutException)
        {
            return;
        }

        ForeignMembers.Refuse(_group, _topics.Subscribed, found.ConsumerGroupDescriptions.SelectMany(static g => g.Members).Where(m => m.ConsumerId != _consumer.MemberId)
            .SelectMany(static m => m.Assignment.TopicPartitions.Select(p => ($"{m.ClientId} on {m.Host}", p.Topic))));
    }

    public void Close()
    {
        if (_closed)
            return;
        _closed = true;
        _isAway = _topics.All.Count > 0 && !CoordinatorAnswers();
        if (_assigned.Count > 0)
            TakeLeave([.. _assigned], _events!.Revoked);
        // When nobody answers there is nobody to take leave of: the brokers will notice when the session ends.
        if (_isAway)
            return;
        Try($"Leaving {_where}", () =>
        {
            FollowAnchor();
            LeaveGroup();
            // The client ends with this call, and nothing may be kept of it.
            _fetch.Dispose();
            _consumer.Close();
        });
        ThrowFailure();
    }

    /// <summary>
    /// Leaves the group while the client still runs, and takes what it tells until it has nothing any more. Closed with a rebalance that is still to be told,
    /// it leaves first and tells afterwards, and may wait for ever in its own handler of that: there is nobody left to answer it.
    /// </summary>
    void LeaveGroup()
    {
        // A static member stays one.
        if (!_isStatic)
            Quietly(_consumer.Unsubscribe);
        var (began, longest, wait) = (Stopwatch.GetTimestamp(), _isStatic ? TimeSpan.Zero : CoordinatorTimeout, TimeSpan.Zero);
        do
        {
            Quietly(() => _consumer.Consume(wait));
            wait = LeavingPoll;
        }
        while (_consumer.Assignment.Count > 0 && Stopwatch.GetElapsedTime(began) < longest);

        static void Quietly(Action last)
        {
            try
            {
                last();
            }
            catch (KafkaException)
            {
                // Of what is not this member's any more.
            }
        }
    }

    public void Dispose()
    {
        _closed = true;
        _fetch.Dispose();
        _consumer.Dispose();
    }

    /// <summary>Asked before whatever waits for it longer than is said. That it has not answered just now is answer enough: a stop waits for it once.</summary>
    bool CoordinatorAnswers()
    {
        if (_silentAt is { } silent && Stopwatch.GetElapsedTime(silent) < CoordinatorTimeout)
            return false;
        _silentAt = null;
        try
        {
            _consumer.Committed([new global::Confluent.Kafka.TopicPartition(_topics.All[0], 0)], CoordinatorTimeout);
            return true;
        }
        catch (KafkaException e) when (Faults.From(e.Error).Kind == FaultKind.Retriable)
        {
            _silentAt = Stopwatch.GetTimestamp();
            return false;
        }
        catch (KafkaException)
        {
            return true;
        }
    }

    void IFetchEvents.AtEnd(string topic, int partition, long offset)
    {
        // Not asked for.
    }

    void IFetchEvents.Failed(TopicPartitionOffset at, Error error) =>
        ReadFailed(at.Topic.Length == 0 ? "" : new TopicPartition(at.Topic, at.Partition).ToString(), error);

    void ReadFailed(string at, Error error)
    {
        var fault = Faults.From(error);
        if (error.Code == ErrorCode.InconsistentGroupProtocol)
            fault = fault with { Reason = RebalanceMismatch.Reason(_isCooperative ? RebalanceProtocol.Cooperative : RebalanceProtocol.Eager) };
        if (fault.Kind != FaultKind.Retriable && error.Code is not (ErrorCode.UnknownTopicOrPart or ErrorCode.TopicAuthorizationFailed))
            throw new KafkaFaultException($"Reading as {_where} failed", fault);
        Tell(fault, at);
    }

    void Committed(CommittedOffsets committed)
    {
        // That there was nothing to commit is no news; what was refused is stored still, and is committed again by the client.
        if (committed.Error is { IsError: true, Code: not ErrorCode.Local_NoOffset } error)
            Refused(error);
        else if (committed.Offsets.FirstOrDefault(o => o.Error.IsError) is { } refused)
            Refused(refused.Error);

        void Refused(Error why)
        {
            if (!_isCooperative || !Faults.IsOvertaken(why))
                Tell(Faults.From(why));
        }
    }

    void Tell(KafkaFault fault, string at = "")
    {
        if (_filter.IsNews(at, fault))
            _events?.Faulted(fault);
    }

    /// <summary>Seeks once the client lets it; until then nothing of the partition is handed out.</summary>
    void SeekAgain()
    {
        foreach (var (id, offset) in _seeks)
        {
            if (TrySeek(new TopicPartitionOffset(id.Topic, id.Partition, offset)))
                _seeks.Remove(id);
        }
    }

    /// <returns>False when the client does not know yet where the partition, newly assigned, starts, and takes no seek before.</returns>
    bool TrySeek(TopicPartitionOffset position)
    {
        try
        {
            _consumer.Seek(Theirs(position));
            return true;
        }
        catch (KafkaException e) when (
            e.Error.Code == ErrorCode.Local_State && _assigned.Contains(new TopicPartition(position.Topic, position.Partition)))
        {
            return false;
        }
        catch (KafkaException e)
        {
            throw Faults.Exception($"Seeking to {position} failed", e);
        }
    }

    /// <summary>The session runs from the last heartbeat, which is up to an interval old when the process stops.</summary>
    static TimeSpan LeaseOf(Dictionary<string, string> config)
    {
        var (session, heartbeat) = (Milliseconds("session.timeout.ms"), Milliseconds("heartbeat.interval.ms"));
        return TimeSpan.FromMilliseconds(Math.Max(session - heartbeat, session / 2));

        double Milliseconds(string setting) => double.Parse(config[setting], CultureInfo.InvariantCulture);
    }

    static TopicPartition Ours(global::Confluent.Kafka.TopicPartition p) => new(p.Topic, p.Partition.Value);

    static global::Confluent.Kafka.TopicPartition Theirs(TopicPartition p) => new(p.Topic, p.Partition);

    static global::Confluent.Kafka.TopicPartitionOffset Theirs(TopicPartitionOffset p) => new(p.Topic, p.Partition, p.Offset);

    static void Try(string what, Action action)
    {
        try
        {
            action();
        }
        catch (KafkaException e)
        {
            throw Faults.Exception(what + " failed", e);
        }
    }
}
