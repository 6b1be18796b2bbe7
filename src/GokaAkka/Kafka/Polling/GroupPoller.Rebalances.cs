namespace GokaAkka.Kafka.Polling;

// Partitions that come, go and begin again.
sealed partial class GroupPoller
{
    /// <summary>
    /// The partition starts again under a new generation: its records are read again from where it was done, and held until it is open.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="generation">The generation it had; nothing happens when that is gone.</param>
    /// <param name="restarted">Told the new flows, on the polling thread.</param>
    public void Restart(int partition, int generation, Action<IReadOnlyList<PartitionFlow>> restarted) => Post(() =>
    {
        var flows = FlowsOf(partition, generation).ToList();
        if (flows.Count == 0)
            return;
        var committed = new Dictionary<TopicPartition, long>();
        if (_options.IsTransactional && !FindCommitted([.. flows.Select(f => f.Id)], committed))
            return;
        var next = ++_generation;
        var renewed = new List<PartitionFlow>();
        foreach (var old in flows)
        {
            old.DropHeld();
            var flow = new PartitionFlow(old.Id, next) { IsPaused = old.IsPaused, GroupGeneration = old.GroupGeneration };
            _flows[old.Id] = flow;
            var isRecreated = _recreated.Remove(old.Id);
            if (isRecreated)
                CommitBeginning(old.Id);
            Board.Open(old.Id, next, _topicIds.GetValueOrDefault(old.Id.Topic));
            renewed.Add(flow);
            var from = isRecreated ? 0 : committed.GetValueOrDefault(old.Id, Board.Last(old.Id)) is var done and >= 0 ? done : old.FirstOffset;
            if (from >= 0)
            {
                _consumer.Seek(new TopicPartitionOffset(old.Id.Topic, old.Id.Partition, from));
                flow.FirstOffset = flow.Next = from;
            }
        }

        _lastFlow = null;
        restarted(renewed);
    });

    /// <summary>
    /// The topic was deleted and created again: what is known of its partitions, positions and commits, is of the one before. Each is read from its beginning
    /// as of its next <see cref="Restart"/>, those that are assigned later by what their commits are of. Any thread.
    /// </summary>
    public void ReadRecreated(string topic, string topicId) => Post(() =>
    {
        _topicIds[topic] = topicId;
        _recreated.UnionWith(_flows.Keys.Where(id => id.Topic == topic));
    });

    void CommitBeginning(TopicPartition id)
    {
        Board.Close(id);
        try
        {
            _consumer.Commit([new TopicPartitionOffset(id.Topic, id.Partition, 0) { TopicId = _topicIds.GetValueOrDefault(id.Topic) }]);
        }
        catch (KafkaFaultException e)
        {
            // What is committed still tells by its topic's id that it is of another.
            _listener.Faulted(e.Fault);
        }
    }

    IReadOnlyList<TopicPartitionOffset> IGroupEvents.Assigned(IReadOnlyList<TopicPartition> partitions)
    {
        if (_leaving is not null)
            return [];
        // Who comes first stays: it goes on when somebody joins who would write its tables.
        if (!_isAlike && partitions.Count > 0)
        {
            _consumer.RefuseForeignMembers(_options.AskTimeout);
            _isAlike = true;
        }

        // Asked for before anything is restored: what a transaction has decided by now is in the tables' changelogs before their ends.
        var committed = new Dictionary<TopicPartition, long>();
        if (_options.IsTransactional)
        {
            _membership = _consumer.Membership;
            FindCommitted(partitions, committed);
        }
        else
        {
            AskCommitted(partitions, committed);
        }

        // Before anybody is told: who sees a processor ready and sends to it is not to be passed over.
        var starts = _options.StartOffsets?.Invoke(partitions) ?? [];
        var (generation, groupGeneration) = (++_generation, _consumer.Generation);
        var flows = new List<PartitionFlow>(partitions.Count);
        foreach (var id in partitions)
        {
            // The topics' own string instances, which records come with: comparing them is quick.
            var topic = _topics.FirstOrDefault(t => t == id.Topic) ?? id.Topic;
            var start = committed.GetValueOrDefault(id, -1);
            var flow = new PartitionFlow(id with { Topic = topic }, generation) { FirstOffset = start, Next = start, GroupGeneration = groupGeneration };
            _flows[flow.Id] = flow;
            Board.Open(flow.Id, generation, _topicIds.GetValueOrDefault(topic));
            flows.Add(flow);
        }

        _listener.Assigned(flows);
        // Only what has no committed offset starts elsewhere.
        return [.. committed.Select(c => new TopicPartitionOffset(c.Key.Topic, c.Key.Partition, c.Value)), .. starts];
    }

    void IGroupEvents.Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        List<PartitionFlow> flows = [.. partitions.Select(p => _flows.GetValueOrDefault(p)).OfType<PartitionFlow>()];
        foreach (var id in partitions)
            Forget(id);
        // A cooperative member hears of it in the generation that has taken them away, and what they have begun is committed under that one.
        if (_options.IsTransactional && _leaving is null)
            _membership = _consumer.Membership;
        // Draining is bounded by the partitions themselves, and longer only where a transaction does not end. What goes on behind this moment is
        // not theirs any more: ended under the next assignment, such a transaction would commit offsets of partitions that are another's.
        if (!_runtime.Wait(_leaving ?? _listener.Revoked(partitions), LongestDrain))
        {
            flows.ForEach(static f => f.IsLost = true);
            _listener.Lost(partitions);
        }

        // Where some stay, what they have was assigned in this generation, and the brokers take nothing under it once the next one has begun.
        if (_flows.Count == 0)
            _membership = null;
        Interlocked.Exchange(ref _lastPoll, _time.GetTimestamp());
        CommitLast(partitions);
    }

    void IGroupEvents.Lost(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var id in partitions)
        {
            if (_flows.TryGetValue(id, out var flow))
                flow.IsLost = true;
            Forget(id);
            Board.Close(id);
        }

        _membership = null;
        _listener.Lost(partitions);
    }

    void IGroupEvents.Faulted(KafkaFault fault) => _listener.Faulted(fault);

    /// <summary>Commits what partitions have posted that have ended, and takes no more of them.</summary>
    void CommitLast(IReadOnlyList<TopicPartition> ended)
    {
        var commits = Board.TakeLast(ended);
        foreach (var id in ended)
            Board.Close(id);
        if (commits.Count == 0)
            return;
        try
        {
            _consumer.Commit(commits);
        }
        catch (KafkaFaultException e)
        {
            // The next owner reads these records again: at-least-once holds.
            _listener.Faulted(e.Fault);
        }
    }

    /// <summary>
    /// Finds what is committed, as soon as no open transaction can change it: for that the brokers are asked until they answer. False when the
    /// thread is told to stop meanwhile.
    /// </summary>
    bool FindCommitted(IReadOnlyList<TopicPartition> partitions, Dictionary<TopicPartition, long> found)
    {
        var isTold = false;
        while (partitions.Count > 0 && !_stopping)
        {
            Interlocked.Exchange(ref _lastPoll, _time.GetTimestamp());
            try
            {
                AddCommitted(partitions, found);
                return true;
            }
            catch (KafkaFaultException e) when (e.Fault.Kind == FaultKind.Retriable)
            {
                if (!isTold)
                    _listener.Faulted(e.Fault);
                isTold = true;
                _roomMade.WaitOne(_options.Timeout);
            }
        }

        return !_stopping;
    }

    /// <summary>Asks once: a client that is not told where to start asks by itself.</summary>
    void AskCommitted(IReadOnlyList<TopicPartition> partitions, Dictionary<TopicPartition, long> found)
    {
        try
        {
            if (partitions.Count > 0)
                AddCommitted(partitions, found);
        }
        catch (KafkaFaultException e)
        {
            _listener.Faulted(e.Fault);
        }
    }

    void AddCommitted(IReadOnlyList<TopicPartition> partitions, Dictionary<TopicPartition, long> found)
    {
        foreach (var offset in _consumer.Committed(partitions, _options.AskTimeout))
        {
            var id = new TopicPartition(offset.Topic, offset.Partition);
            var isOfAnother = IsOfAnotherTopic(offset);
            if (isOfAnother)
                CommitBeginning(id);
            found[id] = isOfAnother ? 0 : offset.Offset;
        }
    }

    /// <summary>
    /// Whether the topic was deleted and created again since: brokers drop a topic's commits with it, but for one that reaches them afterwards, of a member that
    /// has not heard yet.
    /// </summary>
    bool IsOfAnotherTopic(TopicPartitionOffset committed)
    {
        var topic = committed.Topic;
        if (committed.TopicId is null || !_topicIds.TryGetValue(topic, out var known) || committed.TopicId == known)
            return false;
        // Who has committed may know of a later one than this member.
        if (_options.TopicId(topic) is not { } now)
            return false;
        _topicIds[topic] = now;
        return committed.TopicId != now;
    }

    void Forget(TopicPartition id)
    {
        _recreated.Remove(id);
        if (!_flows.Remove(id, out var flow))
            return;
        flow.DropHeld();
        _filling.Remove(flow);
        if (_lastFlow == flow)
            _lastFlow = null;
    }

    IEnumerable<PartitionFlow> FlowsOf(int partition, int generation) =>
        _flows.Values.Where(f => f.Id.Partition == partition && f.Generation == generation);
}
