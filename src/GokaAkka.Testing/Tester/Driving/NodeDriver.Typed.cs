using GokaAkka.Actors;
using GokaAkka.Graph;
using GokaAkka.Processing;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Testing;

/// <inheritdoc cref="NodeDriver"/>
sealed class NodeDriver<TState> : NodeDriver, ITableEdgeVisitor<TableCopy>
{
    // Records processed before the other partitions get their turn.
    const int Budget = 2000;

    readonly NodeParts<TState> _parts;
    readonly SortedDictionary<int, NodeSlot<TState>> _slots = [];
    readonly List<TableCopy> _lookups = [];
    readonly List<VisitRun<TState>> _visits = [];
    readonly List<LogRecord> _read = [];
    readonly bool _isAsynchronous;
    int _generation;

    /// <exception cref="StorageException">The store of a looked-up table cannot be opened.</exception>
    public NodeDriver(NodeParts<TState> parts, string name) : base(parts.Graph.Group, name)
    {
        _parts = parts;
        Inputs = [.. parts.Graph.Inputs.Select(e => e.Topic)];
        _isAsynchronous = parts.Graph.Inputs.Any(e => e.IsAsynchronous);
        foreach (var edge in parts.Graph.AllEdges.OfType<TableEdge>().Where(e => e.Kind == EdgeKind.Lookup))
        {
            var copy = edge.Accept(this);
            _lookups.Add(copy);
            parts.Lookups.Add(edge.Topic, copy.Tables);
        }
    }

    public override IReadOnlyList<string> Inputs { get; }

    public override string? Table => _parts.Graph.GroupTable;

    public override IReadOnlyList<PartitionStatus> Partitions => [.. _slots.Values.Where(s => s.IsAssigned).Select(s => s.Status)];

    public override bool IsReady => _slots.Values.All(s => !s.IsAssigned || s.Driver is { IsRunning: true });

    public override bool CanWork => _slots.Values.Any(static s => s.Driver is { CanWork: true });

    public override IEnumerable<string> AtWork =>
        _slots.Values.SelectMany(s => (s.Driver?.AtWork ?? []).Select(r => $"group '{Group}': {r.Topic}[{s.Partition}]@{r.Offset}, key '{r.Key}'"));

    public override TimeSpan NextDeadline => _slots.Count == 0 ? TimeSpan.MaxValue : _slots.Values.Min(s => s.Deadline);

    TimeSpan Now => _parts.Broker.Cluster.Now;

    public override void Assign(IReadOnlyList<int> partitions)
    {
        if (partitions.Count == 0)
            return;
        Tell(RebalanceKind.Assigned, partitions);
        var generation = ++_generation;
        foreach (var partition in partitions)
        {
            var slot = Slot(partition);
            slot.Begin(generation);
            foreach (var id in Sources(partition))
                _parts.Board.Open(id, generation);
            for (var i = 0; i < Inputs.Count; i++)
                slot.Positions[i] = slot.Firsts[i] = Start(i, partition);
            slot.Driver = new PartitionDriver<TState>(_parts, partition, generation, slot.Status);
        }
    }

    public override void Revoke(IReadOnlyList<int> partitions)
    {
        if (partitions.Count == 0)
            return;
        Tell(RebalanceKind.Revoked, partitions);
        foreach (var partition in partitions)
        {
            _slots[partition].IsAssigned = false;
            _slots[partition].RestartsAt = null;
            InContext(() => _slots[partition].Driver?.Drain());
        }
    }

    public override void Lose(IReadOnlyList<int> partitions)
    {
        if (partitions.Count == 0)
            return;
        Tell(RebalanceKind.Lost, partitions);
        foreach (var partition in partitions)
        {
            _slots[partition].IsAssigned = false;
            _slots[partition].RestartsAt = null;
            Discard(_slots[partition]);
        }
    }

    public override bool Holds(int partition) => _slots.TryGetValue(partition, out var slot) && slot.Driver is { IsEnded: false };

    public override bool Step()
    {
        var did = false;
        InContext(() =>
        {
            did |= FollowLookups();
            foreach (var slot in _slots.Values)
                did |= Step(slot);
            did |= _parts.Sender.Deliver();
        });
        return did;
    }

    public override bool Flush()
    {
        var did = false;
        foreach (var slot in _slots.Values)
            did |= slot.Driver is { IsEnded: false } driver && driver.Flush();
        return did;
    }

    public override IReadOnlyList<TopicPartitionOffset> TakeCommits(IReadOnlyList<int>? leaving = null)
    {
        List<TopicPartition> ended = [.. (leaving ?? []).SelectMany(Sources)];
        List<TopicPartitionOffset> commits = [.. _parts.Board.TakeLast(ended), .. _parts.Board.Take()];
        ended.ForEach(_parts.Board.Close);
        return commits;
    }

    public override void Crash()
    {
        _parts.Sender.Drop();
        foreach (var slot in _slots.Values)
        {
            slot.IsAssigned = false;
            slot.RestartsAt = null;
            Discard(slot);
        }

        Close();
    }

    public override void Close() => _lookups.ForEach(static l => l.Dispose());

    /// <summary>Visits every key of every partition here.</summary>
    public void Visit(VisitRun<TState> run)
    {
        _visits.RemoveAll(v => v.Done.IsCompleted);
        _visits.Add(run);
        var running = _slots.Values.Where(s => s.Driver is { IsRunning: true }).ToList();
        run.Begin(running.Count);
        running.ForEach(s => s.Driver!.Visit(run));
    }

    public override bool TryRead(int partition, ReadOnlySpan<byte> key, out byte[]? value)
    {
        var table = _parts.Tables[partition];
        value = table?.GetBytes(key);
        return table is not null;
    }

    public override IStorageIterator? Iterate(int partition) => _parts.Tables[partition]?.Iterate(KeyRange.All);

    public override void Overwrite(int partition, ReadOnlySpan<byte> key, byte[]? value)
    {
        if (_parts.Tables[partition] is not { } table)
            return;
        if (value is null)
            table.Delete(key);
        else
            table.Set(key, value, _parts.Graph.Persist!.Codec.Decode(value));
    }

    TableCopy ITableEdgeVisitor<TableCopy>.Visit<T>(TableEdge<T> edge) => new TableCopy<T>(
        _parts.Place, _parts.Options.Partitioner ?? _parts.Settings.Processor.Partitioner, Group + "~lookup", edge.Topic, edge.Codec, null);

    bool FollowLookups()
    {
        var did = false;
        try
        {
            foreach (var lookup in _lookups)
                did |= lookup.Step();
        }
        catch (Exception e) when (Failure is null)
        {
            Failure = new InvalidOperationException($"A table that group '{Group}' looks up cannot be followed: {e.Message}", e);
            return true;
        }

        return did;
    }

    bool Step(NodeSlot<TState> slot)
    {
        if (slot.RestartsAt <= Now)
            Restart(slot);
        if (slot.Driver is not { IsEnded: false } driver)
            return false;
        var did = _lookups.TrueForAll(l => l.IsRestored) && driver.Restore();
        did |= driver.Follow();
        for (var i = 0; i < Inputs.Count; i++)
            did |= driver.IsHungry(i) && Feed(slot, driver, i);
        did |= driver.Work(Budget);
        did |= driver.Advance();
        if (driver.CheckEnd())
        {
            Ended(slot, driver);
            did = true;
        }

        return did;
    }

    bool Feed(NodeSlot<TState> slot, PartitionDriver<TState> driver, int input)
    {
        var source = new TopicPartition(Inputs[input], slot.Partition);
        if (_parts.Broker.Cluster.Log(source) is not { } log)
            return false;
        _read.Clear();
        var next = slot.Positions[input];
        if (log.Read(ref next, _parts.BatchRecords, Isolation.ReadCommitted, _read) == ClusterError.OffsetOutOfRange)
        {
            next = _parts.Settings.Processor.StartOffset == StartOffset.Earliest ? log.LogStart : log.LastStableOffset;
            slot.Positions[input] = next;
            log.Read(ref next, _parts.BatchRecords, Isolation.ReadCommitted, _read);
        }

        if (next == slot.Positions[input])
            return false;
        slot.Positions[input] = next;
        Fed[source.Topic] = Fed.GetValueOrDefault(source.Topic) + _read.Count;
        driver.Feed(input, LogBatch.Of(source, driver.Generation, _read, next));
        return true;
    }

    void Ended(NodeSlot<TState> slot, PartitionDriver<TState> driver)
    {
        foreach (var visit in _visits)
            visit.Abort(slot.Partition);
        _visits.Clear();
        if (driver.Failure is not { } error || !slot.IsAssigned)
            return;
        var restarts = slot.Backoff.Count;
        var isPassing = ErrorRules.IsPassing(error);
        var backoff = isPassing ? slot.Outages : slot.Backoff;
        if (ErrorRules.IsFinal(error) || backoff.Next(_parts.Time.GetUtcNow()) is not { } pause)
        {
            Failure ??= new ProcessorFailedException(Group, slot.Partition, restarts, error);
            return;
        }

        slot.Status.State = PartitionState.Restarting;
        if (!isPassing)
            slot.Status.Restarts++;
        slot.RestartsAt = Now + pause;
    }

    void Restart(NodeSlot<TState> slot)
    {
        slot.RestartsAt = null;
        var generation = ++_generation;
        for (var i = 0; i < Inputs.Count; i++)
        {
            var id = new TopicPartition(Inputs[i], slot.Partition);
            _parts.Board.Open(id, generation);
            slot.Positions[i] = _parts.Board.Last(id) is var done and >= 0 ? done : slot.Firsts[i];
        }

        slot.Driver = new PartitionDriver<TState>(_parts, slot.Partition, generation, slot.Status);
    }

    void Discard(NodeSlot<TState> slot)
    {
        if (slot.Driver is not { IsEnded: false } driver)
            return;
        InContext(driver.Discard);
        Ended(slot, driver);
        foreach (var id in Sources(slot.Partition))
            _parts.Board.Close(id);
    }

    void Tell(RebalanceKind kind, IReadOnlyList<int> partitions)
    {
        if (_parts.Options.Rebalanced is not { } told)
            return;
        try
        {
            told(new Rebalance(kind, partitions));
        }
        catch (Exception e)
        {
            Failure ??= new InvalidOperationException($"The rebalance callback of group '{Group}' has failed: {e.Message}", e);
        }
    }

    // Without an asynchronous callback there is nothing to go on here, and one that blocks on asynchronous work of its own, as is allowed in
    // production, must not wait for a context that it keeps from being pumped.
    void InContext(Action action)
    {
        if (_isAsynchronous)
            _parts.Context.Run(action);
        else
            action();
    }

    long Start(int input, int partition) => StartPosition.Of(
        _parts.Broker.Cluster, Group, _parts.Graph.Inputs[input], Inputs[input], partition, _parts.Settings.Processor.StartOffset);

    IEnumerable<TopicPartition> Sources(int partition) => Inputs.Select(t => new TopicPartition(t, partition));

    NodeSlot<TState> Slot(int partition)
    {
        if (!_slots.TryGetValue(partition, out var slot))
            _slots[partition] = slot = new NodeSlot<TState>(partition, Inputs.Count, _parts.Settings.Processor);
        return slot;
    }
}
