using System.Collections.Immutable;
using GokaAkka.Kafka.Polling;

namespace GokaAkka.Actors;

/// <summary>What a node has a partition for.</summary>
public enum PartitionRole
{
    /// <summary>The group has assigned it to this node.</summary>
    Active,

    /// <summary>Another node has it, and this one keeps its tables ready to take it over.</summary>
    Standby,
}

/// <summary>A partition's figures. Written by its actor, read by anyone: each figure is current, though not all of the same moment.</summary>
public sealed class PartitionStatus
{
    long _unreadable;
    long _restoreStarted;
    volatile int _state = (int)PartitionState.Restoring;
    volatile int _role;
    ImmutableArray<InputStatus> _inputs = [];
    ImmutableArray<OutputStatus> _outputs = [];

    internal PartitionStatus(int partition) => Partition = partition;

    internal void Take(TableProgress progress)
    {
        Restored = progress.Restored;
        Remaining = progress.Remaining;
        TableOffset = progress.NextOffset;
    }

    /// <summary>The figures of each input, the loop's included; none for a view.</summary>
    public IReadOnlyList<InputStatus> Inputs => _inputs;

    /// <summary>The figures of each topic written to, the loop's and the table's included, from its first record on.</summary>
    public IReadOnlyList<OutputStatus> Outputs => _outputs;

    /// <summary>The partition begins here, or again: its positions are not known, its counts go on.</summary>
    internal void Begin(IReadOnlyList<PartitionFlow> flows, TimeProvider time)
    {
        if (_inputs.Length != flows.Count)
            _inputs = [.. flows.Select(f => new InputStatus(f.Id.Topic, time))];
        foreach (var flow in flows)
            Input(flow.Id.Topic).BeginAnew(flow);
    }

    /// <summary>The partition's table while it is open: the group's own, or the view's; null for a stateless group.</summary>
    internal PartitionTable? Table
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Its task, while the partition processes records or drains.</summary>
    internal ITaskProgress? Task { get; set; }

    /// <summary>The figures of an input, by the graph's own string.</summary>
    internal InputStatus Input(string topic)
    {
        foreach (var input in _inputs)
        {
            if (input.Topic == topic)
                return input;
        }

        throw new ArgumentException($"Partition {Partition} has no input '{topic}'.", nameof(topic));
    }

    /// <summary>Takes over what was sent.</summary>
    internal void Take(SentCounters sent)
    {
        for (var i = 0; i < sent.Topics.Count; i++)
        {
            var counter = sent.Topics[i];
            if (counter.Records == 0)
                continue;
            Output(counter.Topic).Add(counter.Records, counter.Bytes);
            counter.Records = counter.Bytes = 0;
        }
    }

    OutputStatus Output(string topic)
    {
        foreach (var output in _outputs)
        {
            if (output.Topic == topic)
                return output;
        }

        var added = new OutputStatus(topic);
        _outputs = _outputs.Add(added);
        return added;
    }

    /// <summary>The partition.</summary>
    public int Partition { get; }

    /// <summary>What it is at.</summary>
    public PartitionState State
    {
        get => (PartitionState)_state;
        internal set
        {
            for (var from = _state; from != (int)value && PartitionLifeCycle.Goes(Partition, (PartitionState)from, value);)
            {
                if (Interlocked.CompareExchange(ref _state, (int)value, from) is var found && found == from)
                    return;
                from = found;
            }
        }
    }

    /// <summary>What this node has it for, or had.</summary>
    public PartitionRole Role
    {
        get => (PartitionRole)_role;
        internal set => _role = (int)value;
    }

    /// <summary>The assignment it runs under.</summary>
    public int Generation
    {
        get => Volatile.Read(ref field);
        internal set => Volatile.Write(ref field, value);
    }

    /// <summary>Records processed on this node since it started.</summary>
    public long Processed
    {
        get => Interlocked.Read(ref field);
        internal set => Interlocked.Exchange(ref field, value);
    }

    /// <summary>Records that failed and were dead-lettered.</summary>
    public long DeadLetters
    {
        get => Interlocked.Read(ref field);
        internal set => Interlocked.Exchange(ref field, value);
    }

    /// <summary>Further attempts at records that failed.</summary>
    public long Retries
    {
        get => Interlocked.Read(ref field);
        internal set => Interlocked.Exchange(ref field, value);
    }

    /// <summary>Records that failed and were passed over, those that were dead-lettered not among them.</summary>
    public long Skipped
    {
        get => Interlocked.Read(ref field);
        internal set => Interlocked.Exchange(ref field, value);
    }

    /// <summary>Values set for keys that the group's partitioner places in another partition.</summary>
    public long Misplaced
    {
        get => Interlocked.Read(ref field);
        internal set => Interlocked.Exchange(ref field, value);
    }

    /// <summary>Values of tables that callbacks took for absent, for their codec cannot read them.</summary>
    public long Unreadable => Interlocked.Read(ref _unreadable);

    internal void CountUnreadable() => Interlocked.Increment(ref _unreadable);

    /// <summary>Changelog records read by the last restore: what was newer than the local store.</summary>
    public long Restored
    {
        get => Interlocked.Read(ref field);
        internal set => Interlocked.Exchange(ref field, value);
    }

    /// <summary>Changelog records the restore has still to read, about.</summary>
    public long Remaining
    {
        get => Interlocked.Read(ref field);
        internal set => Interlocked.Exchange(ref field, value);
    }

    /// <summary>When the restore at work, or the last one, began; null where there was none.</summary>
    public DateTimeOffset? RestoreStarted
    {
        get => Interlocked.Read(ref _restoreStarted) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        internal set => Interlocked.Exchange(ref _restoreStarted, value?.UtcTicks ?? 0);
    }

    /// <summary>
    /// The first changelog offset that readers of the local table may not see yet: behind the last record restored or followed, and behind the
    /// last own one that is acknowledged.
    /// </summary>
    public long TableOffset
    {
        get => Interlocked.Read(ref field);
        internal set => Interlocked.Exchange(ref field, value);
    }

    /// <summary>How often it has been started again.</summary>
    public int Restarts
    {
        get => Volatile.Read(ref field);
        internal set => Volatile.Write(ref field, value);
    }

    /// <summary>Its last failure, or null.</summary>
    public Exception? LastError
    {
        get => Volatile.Read(ref field);
        internal set => Volatile.Write(ref field, value);
    }
}
