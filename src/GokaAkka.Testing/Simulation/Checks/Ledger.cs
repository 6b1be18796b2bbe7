namespace GokaAkka.Testing.Simulation;

/// <summary>
/// Knows everything that has really happened and holds what the nodes do against it, at the moment they do it. It sees the brokers' logs and
/// the callbacks, never a node's own idea of things.
/// </summary>
sealed class Ledger(Action<string> violate, FaultCounts faults, bool exactlyOnce, bool isCoalescing) : IWitness
{
    readonly Changelog[] _changelogs = [.. Enumerable.Range(0, Names.Partitions).Select(_ => new Changelog())];
    readonly ulong[] _emitted = new ulong[Names.Inputs.Length * 2 * Names.Keys];
    readonly bool[] _strayed = new bool[2 * Names.Keys];
    readonly bool[] _unknowable = new bool[2 * Names.Keys];
    readonly string?[] _excused = new string?[2 * Names.Keys];
    readonly int[] _owners = new int[Names.Partitions];
    readonly List<(TopicPartition Partition, LogRecord Record)> _open = [];

    // How often the brokers have lost records of the table.
    int _tablesLost;

    readonly long[] _committed = new long[Names.Inputs.Length * Names.Partitions];

    public FateLog Fates { get; } = new();

    /// <summary>Where the brokers' logs are, to ask for their ends.</summary>
    public required Func<TopicPartition, PartitionLog> Log { get; init; }

    public required Trace Trace { get; init; }

    /// <summary>Records applied more than once, where that is allowed.</summary>
    public long Repeated { get; set; }

    /// <summary>Why a key's state is not held against its input, or null: what Kafka has lost, or what at-least-once cannot prevent.</summary>
    public string? Excuse(int key) => _excused[key];

    /// <summary>
    /// How far a partition of an input was ever committed. An old commit that arrives late sets the group back, and nothing is committed again
    /// until there is something new; whoever starts from there repeats what is done.
    /// </summary>
    public long Committed(int source, int partition) => _committed[(source * Names.Partitions) + partition];

    public Changelog Changelog(int partition) => _changelogs[partition];

    /// <summary>Kafka has lost the tail of a changelog.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="isReordered">Whether its records may be in another order than that of what caused them.</param>
    public void TableTruncated(int partition, bool isReordered)
    {
        _tablesLost++;
        var log = Log(new TopicPartition(Names.Table, partition));
        var before = _changelogs[partition].Replay(log.HighWatermark);
        _changelogs[partition].Reset(log.Entries);
        var after = _changelogs[partition].Replay(log.HighWatermark);
        // Compaction had removed a value in favour of one that is lost now: a store may have it, and nothing is left to tell that it should not.
        // And concurrent callbacks may have written more to it than it claims to reach.
        for (var key = 0; key < before.Length; key++)
            _unknowable[key] |= isReordered ? Names.Partition(key) == partition : !before[key].AsSpan().SequenceEqual(after[key]);
        ExcusePartition(partition, "the changelog has lost its tail");
    }

    /// <summary>An operator has made the table's topic anew.</summary>
    public void TableRecreated()
    {
        _tablesLost++;
        for (var p = 0; p < _changelogs.Length; p++)
        {
            _changelogs[p].Reset([]);
            ExcusePartition(p, "the table's topic was made anew");
        }
    }

    /// <summary>
    /// A partition of a node asks where its changelog ends: what others write from now on, it does not see. If the group has given the partition
    /// to the node, that is the hand-over.
    /// </summary>
    public void Restoring(PartitionLife partition, bool isOwner)
    {
        // It may ask again while an open transaction holds back what is before that end.
        var end = Log(new TopicPartition(Names.Table, partition.Partition)).HighWatermark;
        partition.RestoreEnd = Math.Min(end, partition.RestoreEnd ?? end);
        partition.TablesLost = _tablesLost;
        if (isOwner)
            _owners[partition.Partition] = partition.Number;
    }

    /// <summary>A partition of a node begins to process and to answer: I2 and I9, its table is what the changelog says, and all of it.</summary>
    public void Serves(PartitionLife partition)
    {
        var nextOffset = partition.Table.Offset;
        if (nextOffset < partition.RestoreEnd)
            violate($"I9: partition {partition.Partition} serves with its table restored up to offset {nextOffset}; its changelog ended at {partition.RestoreEnd} when it asked");
        var expected = _changelogs[partition.Partition].Replay(nextOffset);
        // What was lost behind its back it may have read before.
        if (partition.TablesLost == _tablesLost)
            CheckContents("I2", $"partition {partition.Partition} after its restore to offset {nextOffset}", expected, partition.Table, isOwned: true);
        partition.Restored = expected;
    }

    /// <summary>A value was read from a node: I9, it is not older than what the node restored.</summary>
    public void Queried(PartitionLife partition, int key, SimState? value)
    {
        if (_excused[key] is not null || IsDeletable(key) || partition.Restored?[key] is not { } restored)
            return;
        var before = SimStateCodec.Instance.Decode(restored);
        for (var source = 0; source < Names.Inputs.Length; source++)
        {
            var missing = before[source] & ~(value?[source] ?? 0);
            if (missing != 0)
                violate($"I9: a query for key {key} was answered with a value that lacks records {Bits(missing)} of {Names.Inputs[source]}, which were in its table when it was restored");
        }
    }

    /// <summary>A callback is called: I6 and I1, it sees the effects of every record of its key and source before its own.</summary>
    public void Processing(Fate fate, SimState? state, bool isOwner)
    {
        if (fate.Op.Kind == OpKind.Aborted)
        {
            violate($"read_committed: a callback was called for {fate}, whose transaction was aborted");
            return;
        }

        // A record that is read again finds what later ones have left: where those removed the state, nothing. In transactions that happens only
        // to whoever has lost the partition without knowing it; nothing of what it does is ever committed.
        if (_excused[fate.Key] is not null || (exactlyOnce ? !isOwner : IsRemovedLater(fate)))
            return;
        var missing = Expected(fate.Source, fate.Key, fate.Offset) & ~(state?[fate.Source] ?? 0);
        if (missing != 0)
            violate($"I1: the callback for {fate} finds a state that lacks records {Bits(missing)} of the same key and input");
        if (exactlyOnce && state is { } applied && (applied[fate.Source] & (1UL << fate.Id)) != 0)
            violate($"I1: the callback for {fate} finds a state to which that record was applied already");
    }

    /// <summary>A record is passed over: for good, or once its copy is with the brokers.</summary>
    public void PassedOver(TopicPartition input, long offset, bool isDone)
    {
        var fate = Fates.At(Array.IndexOf(Names.Inputs, input.Topic), input.Partition, offset);
        if (isDone)
            fate.Has |= Effects.PassedOver;
        if ((fate.Needs & Effects.PassedOver) == 0)
            fate.IsOptional = true;
    }

    public void Appended(TopicPartition partition, LogRecord record, SimProcess writer)
    {
        if (partition.Topic == Names.Table)
            _changelogs[partition.Partition].Add(record);
        Trace.Add($"{partition.Topic}[{partition.Partition}]@{record.Offset} key {Names.KeyOf(record.Key)} by {writer.Name}: {Trace.ValueOf(partition.Topic, record)}");
        if (record.Status == RecordStatus.Open)
            _open.Add((partition, record));
        else
            Visible(partition, record);
    }

    public void Refused(TopicPartition partition, in NewRecord record)
    {
        // A copy that is not written leaves its record to be read again.
        if (partition.Topic == Names.DeadLetters)
            return;
        var origin = Origin.Of(partition.Topic, record.Value, record.Value is null, record.Headers);
        if (origin.Source != Origin.Visit)
            Fates.At(origin.Source, origin.Partition, origin.Offset).WasRefused = true;
    }

    public void TransactionEnded(long producerId, bool committed)
    {
        foreach (var (partition, record) in _open.FindAll(o => o.Record.TransactionOf == producerId))
        {
            if (committed)
                Visible(partition, record);
        }

        _open.RemoveAll(o => o.Record.TransactionOf == producerId);
    }

    public void Committing(IReadOnlyCollection<TopicPartitionOffset> offsets, IReadOnlyList<TopicPartition> others, SimProcess writer)
    {
        foreach (var (topic, partition, offset) in offsets)
        {
            var source = Array.IndexOf(Names.Inputs, topic);
            Trace.Add($"{writer.Name} commits {topic}[{partition}]@{offset}");
            if (others.Any(o => o.Partition == partition))
                violate($"I7: {writer.Name} commits {topic}[{partition}]@{offset}, which the group has given to someone else");
            ref var committed = ref _committed[(source * Names.Partitions) + partition];
            committed = Math.Max(committed, offset);
            if (Fates.FirstUndone(source, partition) is { } undone && undone.Offset < offset)
                violate($"I5: {writer.Name} commits {topic}[{partition}]@{offset}, beyond {undone}, which is not done");
        }
    }

    /// <summary>
    /// I2 and I8: a copy of a partition of the table holds what its changelog says, byte for byte. An owner's copy knows what it wrote itself
    /// and not what strayed in between: those keys are let pass.
    /// </summary>
    public void CheckContents(string invariant, string what, byte[]?[] expected, PartitionTable<SimState> table, bool isOwned)
    {
        var found = new byte[]?[expected.Length];
        using (var entries = table.Iterate(KeyRange.All))
        {
            while (entries.Next())
                found[Names.KeyOf(entries.Key)] = entries.Value.ToArray();
        }

        for (var key = 0; key < expected.Length; key++)
        {
            if (_unknowable[key] || (isOwned && _strayed[key]))
                continue;
            if (!expected[key].AsSpan().SequenceEqual(found[key]) || expected[key] is null != found[key] is null)
                violate($"{invariant}: {what} has key {key} as {Show(found[key])}; its changelog says {Show(expected[key])}");
        }
    }

    /// <summary>The records of a key and source, up to but not including an offset, that a state has to show.</summary>
    public ulong Expected(int source, int key, long before)
    {
        var bits = 0UL;
        foreach (var fate in Fates.OfKey(source, key))
        {
            if (fate.Offset >= before)
                continue;
            if (fate.Op.Kind == OpKind.Delete)
                bits = 0;
            else if (fate.IsApplied)
                bits |= 1UL << fate.Id;
        }

        return bits;
    }

    bool IsRemovedLater(Fate fate) =>
        Fates.OfKey(fate.Source, fate.Key).Exists(f => f.Id >= fate.Id && f.Op.Kind == OpKind.Delete && (f.WasRefused || f.Has.HasFlag(Effects.Table)));

    /// <summary>Whether records that remove the key's state may come.</summary>
    public static bool IsDeletable(int key) => key < Names.Keys && key % 3 == 2;

    public static string Bits(ulong bits) => string.Join(", ", Enumerable.Range(0, 64).Where(i => (bits & (1UL << i)) != 0));

    /// <summary>A state's bytes, for people.</summary>
    public static string Show(byte[]? value) => value is null ? "absent" : SimStateCodec.Instance.Decode(value).ToString();

    /// <summary>The state of a partition's keys can say nothing any more of what was applied to it.</summary>
    void ExcusePartition(int partition, string why)
    {
        for (var key = 0; key < _excused.Length; key++)
        {
            if (Names.Partition(key) == partition)
                _excused[key] ??= why;
        }
    }

    void Visible(TopicPartition partition, LogRecord record)
    {
        if (Array.IndexOf(Names.Inputs, partition.Topic) is 0 or 1 || partition.Topic is Names.Joined or Names.LookedUp)
            return;
        if (partition.Topic == Names.DeadLetters)
        {
            var (topic, number, offset) = DeadLetter(record.Headers!);
            PassedOver(new TopicPartition(topic, number), offset, isDone: true);
            return;
        }

        var origin = Origin.Of(partition.Topic, record.Value, record.Value is null, record.Headers);
        if (partition.Topic == Names.Table)
        {
            CheckWriter(partition.Partition, origin, record);
            if (isCoalescing)
                Covered(partition.Partition, Names.KeyOf(record.Key), record.Value, origin);
        }

        if (origin.Source == Origin.Visit)
            return;
        var cause = Fates.At(origin.Source, origin.Partition, origin.Offset);
        switch (partition.Topic)
        {
            case Names.Table:
                cause.Has |= Effects.Table;
                break;
            case Names.Loop:
                cause.Has |= Effects.Loop;
                Fates.Add(partition, record.Offset, Names.KeyOf(record.Key), SimOpCodec.Instance.Decode(record.Value));
                break;
            default:
                cause.Has |= Effects.Emit;
                Emitted(cause);
                break;
        }
    }

    /// <summary>One record of the table stands for all changes of its key that were held back until it was sent.</summary>
    void Covered(int partition, int key, byte[]? value, Origin origin)
    {
        var state = value is null ? default : SimStateCodec.Instance.Decode(value);
        for (var source = 0; source < Names.Inputs.Length; source++)
        {
            var end = value is null && origin.Source == source ? origin.Offset : -1L;
            foreach (var fate in Fates.Of(source, partition))
            {
                if (fate.Key == key && fate.Op.Kind != OpKind.Delete && (state[source] & (1UL << fate.Id)) != 0)
                {
                    fate.Has |= Effects.Table;
                    end = Math.Max(end, fate.Offset);
                }
            }

            foreach (var fate in Fates.Of(source, partition))
            {
                if (fate.Key == key && fate.Offset <= end)
                    fate.Has |= Effects.Table;
            }
        }
    }

    static (string Topic, int Partition, long Offset) DeadLetter(Headers headers) => (
        headers.GetString(DeadLetterHeaders.Topic)!,
        int.Parse(headers.GetString(DeadLetterHeaders.Partition)!, CultureInfo.InvariantCulture),
        long.Parse(headers.GetString(DeadLetterHeaders.Offset)!, CultureInfo.InvariantCulture));

    /// <summary>
    /// I4: a table record that arrives when another life of the partition has begun to restore is one that nobody sees before the next restore.
    /// Only transactions prevent that.
    /// </summary>
    void CheckWriter(int partition, Origin origin, LogRecord record)
    {
        // A tombstone that is written again says nothing of who writes it: it is taken for a stray one.
        if (_owners[partition] == origin.Life)
            return;
        faults.Add(Fault.StrayTableWrite);
        var key = Names.KeyOf(record.Key);
        if (exactlyOnce)
            violate($"I4: life {origin.Life} of partition {partition} wrote key {key} at offset {record.Offset} visibly, when life {_owners[partition]} had taken over");
        _strayed[key] = true;
        _excused[key] ??= "a record of the partition's former owner reached the changelog after the hand-over";
    }

    /// <summary>I3 and I6: nothing comes before what was to come before it.</summary>
    void Emitted(Fate fate)
    {
        ref var emitted = ref _emitted[(fate.Source * 2 * Names.Keys) + fate.Key];
        var bit = 1UL << fate.Id;
        if ((emitted & bit) != 0)
        {
            Repeated++;
            if (exactlyOnce)
                violate($"I3: the output has {fate} twice");
            return;
        }

        emitted |= bit;
        foreach (var earlier in Fates.OfKey(fate.Source, fate.Key))
        {
            if (earlier.Offset < fate.Offset && earlier.Id != fate.Id && earlier is { IsEmitted: true, WasRefused: false } && (emitted & (1UL << earlier.Id)) == 0)
                violate($"I6: the output has {fate} before {earlier}");
        }
    }
}
