namespace GokaAkka.Tables;

/// <summary>
/// Brings a table partition up to its changelog and keeps it there: decides where to start, checks that the store belongs to this topic,
/// gathers records and writes them in large sorted batches. A plain class that is called by one thread at a time.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="writeBytes">Bytes gathered before they are written.</param>
/// <param name="update">What to do with records, in place of setting and removing keys.</param>
/// <param name="emptying">Called before the table is emptied: whoever reads it has to be kept from it.</param>
sealed class TableFollower<T>(PartitionTable<T> table, long writeBytes, TableUpdate? update = null, Action? emptying = null)
{
    // So many records ahead, what writing them will touch is fetched: what is gathered is larger than the processor's caches.
    const int Ahead = 6;
    const int Near = 3;

    readonly WriteBatch _writes = new();
    BatchWriter? _batchWriter;
    StorePosition _applied = table.Store.Position;
    StorePosition _next = table.Store.Position;
    bool _verify;
    OffsetRange _range;

    /// <summary>The offset that the next record is read from.</summary>
    public long NextOffset => _next.NextOffset;

    /// <summary>The end of the changelog when the restore began.</summary>
    public long Target => _range.High;

    /// <summary>Records read that were not in the store.</summary>
    public long Restored { get; private set; }

    /// <summary>Records still to read, about: gaps that compaction left count as records.</summary>
    public long Remaining => Math.Max(0, Target - NextOffset);

    /// <summary>Whether everything that was in the changelog at the beginning is in the store.</summary>
    public bool IsRestored { get; private set; }

    /// <summary>Begins at what the changelog holds now. Empties the store when it cannot be trusted.</summary>
    /// <param name="range">What the changelog holds.</param>
    /// <param name="now">The time in milliseconds since the Unix epoch.</param>
    /// <param name="tombstoneRetention">How long the topic keeps tombstones; null when unknown.</param>
    /// <param name="keptFrom">The first offset of a record that is younger than that; null when it was not asked for.</param>
    public RestorePlan Begin(OffsetRange range, long now, TimeSpan? tombstoneRetention, long? keptFrom = null)
    {
        _range = range;
        _writes.Clear();
        _applied = _next = table.Store.Position;
        var plan = RestorePlan.Make(_applied, range, now, tombstoneRetention, keptFrom);
        // What a store without a position holds nobody can say: it was written while the changelog had records of others in between.
        if (plan.RebuildReason is not null || (_applied.NextOffset == 0 && HasEntries))
            Empty();
        _verify = plan.Verify;
        if (_next.NextOffset < range.Low)
            _next = _next with { NextOffset = range.Low };
        IsRestored = !_verify && NextOffset >= Target;
        return plan;
    }

    /// <summary>
    /// Takes the next records; does not keep the batch. Returns why the store cannot be trusted after all and everything is to be begun anew,
    /// or null when all is well.
    /// </summary>
    public string? Read(RecordBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            if (i + Ahead < batch.Count)
                _writes.Prefetch(batch.Key(i + Ahead), isNear: false);
            if (i + Near < batch.Count)
                _writes.Prefetch(batch.Key(i + Near), isNear: true);
            ref readonly var record = ref batch[i];
            if (record.Offset < NextOffset)
            {
                if (!_verify)
                    return WentBack(record.Offset);
                if (Mismatch(batch, i) is { } reason)
                {
                    Empty();
                    return reason;
                }

                _verify = false;
                continue;
            }

            Add(batch, i);
        }

        _verify = false;
        if (batch.NextOffset > NextOffset)
            _next = _next with { NextOffset = batch.NextOffset };
        if (_writes.Bytes >= writeBytes)
            Write();
        if (!IsRestored && NextOffset >= Target)
            Finish();
        return null;
    }

    /// <summary>The end of the changelog is reached, whatever stands there. Returns as <see cref="Read"/> does.</summary>
    public string? ReachedEnd(long nextOffset)
    {
        if (nextOffset < NextOffset)
            return WentBack(nextOffset);
        _verify = false;
        if (nextOffset > NextOffset)
            _next = _next with { NextOffset = nextOffset };
        if (!IsRestored && NextOffset >= Target)
            Finish();
        else if (_writes.Count > 0)
            Write();
        return null;
    }

    /// <summary>Writes what is gathered to the store.</summary>
    public void Write()
    {
        if (_next == _applied)
            return;
        table.ApplyChangelog(_writes, _next);
        _applied = _next;
        _writes.Clear();
    }

    void Finish()
    {
        Write();
        IsRestored = true;
    }

    void Add(RecordBatch batch, int index)
    {
        ref readonly var record = ref batch[index];
        var key = batch.Key(index);
        var value = batch.Value(index);
        if (update is not null)
            Update(update, batch, index);
        else if (record.ValueIsNull)
            _writes.Delete(key);
        else
            _writes.Put(key, value);
        var isLast = index == batch.Count - 1;
        _next = new StorePosition(
            record.Offset + 1,
            // Only the last one of a write is kept, and a write ends with a batch.
            isLast ? KeyHash.Fingerprint(key, value, record.ValueIsNull) : 0,
            record.Timestamp);
        Restored++;
    }

    void Update(TableUpdate custom, RecordBatch batch, int index)
    {
        ref readonly var record = ref batch[index];
        var context = new UpdateContext(batch.Topic, batch.Partition, record.Offset, RecordTime.Of(record.Timestamp), batch.Headers(index));
        custom(context, _batchWriter ??= new BatchWriter(_writes, table.Store), Key.Copy(batch.Key(index)), record.ValueIsNull ? null : batch.Value(index).ToArray());
    }

    // The store stays as it is: its position tells the same when it is held against the changelog anew.
    string WentBack(long offset) =>
        $"the changelog has gone back from offset {NextOffset} to {offset}: the topic was recreated or truncated";

    string? Mismatch(RecordBatch batch, int index)
    {
        ref readonly var record = ref batch[index];
        if (record.Offset != _next.NextOffset - 1)
            return null;
        var found = KeyHash.Fingerprint(batch.Key(index), batch.Value(index), record.ValueIsNull);
        return found == _next.Fingerprint
            ? null
            : $"the record at offset {record.Offset}, fingerprint {found:x} of {Time(record.Timestamp)}, is another one than the store was made from, "
            + $"fingerprint {_next.Fingerprint:x} of {Time(_next.Timestamp)}: the topic was recreated";
    }

    static string Time(long ms) => ms > 0 && RecordTime.Of(ms) is { } time ? $"{time:u}" : "no time";

    bool HasEntries
    {
        get
        {
            using var entries = table.Store.Iterate(KeyRange.All);
            return entries.Next();
        }
    }

    void Empty()
    {
        emptying?.Invoke();
        table.Clear();
        _writes.Clear();
        _applied = _next = StorePosition.None;
        IsRestored = false;
        _verify = false;
    }
}
