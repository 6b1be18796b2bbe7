using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GokaAkka.Testing;

/// <summary>Whether a reader sees records of transactions that are not committed.</summary>
internal enum Isolation
{
    ReadCommitted,
    ReadUncommitted,
}

/// <summary>
/// The log of one partition. One replica, so that the high watermark is the log's end. Offsets only grow; compaction and truncation leave
/// gaps, never reuse one, save for <see cref="TruncateTo"/>, which is what an unclean leader election does.
/// </summary>
internal sealed class PartitionLog
{
    readonly List<LogRecord> _entries = [];
    readonly Dictionary<long, long> _open = [];

    /// <summary>The first offset that may be read.</summary>
    public long LogStart { get; private set; }

    /// <summary>The offset the next record gets.</summary>
    public long HighWatermark { get; private set; }

    /// <summary>Where read_committed readers stop: the first record of the oldest open transaction, or the high watermark.</summary>
    public long LastStableOffset
    {
        get
        {
            var stable = HighWatermark;
            foreach (var first in _open.Values)
                stable = Math.Min(stable, first);
            return stable;
        }
    }

    /// <summary>All entries, markers and aborted records included, in offset order.</summary>
    public IReadOnlyList<LogRecord> Entries => _entries;

    public SequenceTable Sequences { get; } = new();

    public long End(Isolation isolation) => isolation == Isolation.ReadCommitted ? LastStableOffset : HighWatermark;

    /// <summary>Appends a record; one with a <paramref name="transactionOf"/> opens that producer's transaction here.</summary>
    public long Append(in NewRecord record, long now, long transactionOf = -1)
    {
        var offset = HighWatermark++;
        var status = transactionOf < 0 ? RecordStatus.Committed : RecordStatus.Open;
        if (transactionOf >= 0)
            _open.TryAdd(transactionOf, offset);
        var timestamp = record.Timestamp < 0 ? now : record.Timestamp;
        _entries.Add(new LogRecord(offset, timestamp, record.Key, record.Value, record.Headers, transactionOf, status));
        return offset;
    }

    /// <summary>Ends a producer's transaction with a marker and decides its records. A marker is written even where it has none.</summary>
    public long EndTransaction(long producerId, bool commit, long now)
    {
        if (_open.Remove(producerId, out var first))
        {
            for (var i = IndexOf(first); i < _entries.Count; i++)
            {
                var entry = _entries[i];
                if (entry.TransactionOf == producerId && entry.Status == RecordStatus.Open)
                    entry.Decide(commit);
            }
        }

        var offset = HighWatermark++;
        var status = commit ? RecordStatus.CommitMarker : RecordStatus.AbortMarker;
        _entries.Add(new LogRecord(offset, now, null, null, null, producerId, status));
        return offset;
    }

    /// <summary>
    /// Reads up to <paramref name="max"/> visible records from <paramref name="position"/> on into <paramref name="into"/> and moves the
    /// position to the next visible record, or to the end of what may be read: over markers, aborted records and compacted gaps.
    /// </summary>
    public ClusterError Read(ref long position, int max, Isolation isolation, List<LogRecord> into)
    {
        if (position < LogStart || position > HighWatermark)
            return ClusterError.OffsetOutOfRange;
        var end = End(isolation);
        if (position >= end)
            return ClusterError.None;
        for (var i = IndexOf(position); i < _entries.Count; i++)
        {
            var entry = _entries[i];
            if (entry.Offset >= end)
                break;
            if (!IsVisible(entry, isolation))
                continue;
            if (max-- == 0)
            {
                position = entry.Offset;
                return ClusterError.None;
            }

            into.Add(entry);
        }

        position = end;
        return ClusterError.None;
    }

    /// <summary>The first offset whose record is not older than <paramref name="timestamp"/>, or null when there is none.</summary>
    public long? OffsetAt(long timestamp)
    {
        var end = LastStableOffset;
        foreach (var entry in _entries)
        {
            if (entry.Offset < end && entry.Offset >= LogStart && !entry.IsMarker && entry.Timestamp >= timestamp)
                return entry.Offset;
        }

        return null;
    }

    /// <summary>Drops everything before an offset: Kafka's DeleteRecords, and what retention does.</summary>
    public void DeleteBefore(long offset)
    {
        LogStart = Math.Clamp(offset, LogStart, HighWatermark);
        _entries.RemoveRange(0, IndexOf(LogStart));
        ForgetOpenOutsideLog();
    }

    /// <summary>Drops everything older than a time, up to the first record that is not.</summary>
    public void DeleteOlderThan(long timestamp)
    {
        var keep = _entries.FindIndex(e => e.Timestamp >= timestamp);
        DeleteBefore(keep < 0 ? HighWatermark : _entries[keep].Offset);
    }

    /// <summary>Loses the tail: the log ends at <paramref name="end"/> and the offsets from there on are given out again.</summary>
    public void TruncateTo(long end)
    {
        HighWatermark = Math.Clamp(end, LogStart, HighWatermark);
        _entries.RemoveRange(IndexOf(HighWatermark), _entries.Count - IndexOf(HighWatermark));
        Sequences.Clear();
        ForgetOpenOutsideLog();
    }

    /// <inheritdoc cref="LogCompaction.Compact"/>
    public void Compact(TimeSpan now, TimeSpan deleteRetention) =>
        LogCompaction.Compact(_entries, LastStableOffset, now, deleteRetention);

    /// <summary>The index of the first entry at or after an offset.</summary>
    int IndexOf(long offset)
    {
        var entries = CollectionsMarshal.AsSpan(_entries);
        if (entries.Length == 0 || entries[0].Offset >= offset)
            return 0;
        if (entries[^1].Offset < offset)
            return entries.Length;
        // Without gaps, which is the common case, the entry is where its offset says.
        var guess = offset - entries[0].Offset;
        if (guess < entries.Length && entries[(int)guess].Offset == offset)
            return (int)guess;
        int low = 0, high = entries.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (entries[middle].Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }

        Debug.Assert(low < entries.Length, "the last entry is at or after the offset");
        return low;
    }

    /// <summary>A transaction whose records are all gone holds nobody up; one that lost its first record starts at the next one kept.</summary>
    void ForgetOpenOutsideLog()
    {
        foreach (var producerId in _open.Keys.ToArray())
        {
            var first = _entries.Find(e => e.TransactionOf == producerId && e.Status == RecordStatus.Open);
            if (first is null)
                _open.Remove(producerId);
            else
                _open[producerId] = first.Offset;
        }
    }

    static bool IsVisible(LogRecord entry, Isolation isolation) =>
        entry.Status == RecordStatus.Committed || (isolation == Isolation.ReadUncommitted && !entry.IsMarker);
}
