namespace GokaAkka.Testing;

/// <summary>Kafka's log cleaner, as one step.</summary>
internal static class LogCompaction
{
    /// <summary>
    /// Keeps the last committed record of every key below the last stable offset, drops aborted records, and drops tombstones and markers that
    /// are no longer needed once <paramref name="deleteRetention"/> has passed since the first pass that met them; at once when it is zero.
    /// </summary>
    public static void Compact(List<LogRecord> entries, long lastStableOffset, TimeSpan now, TimeSpan deleteRetention)
    {
        var last = LastOffsetPerKey(entries, lastStableOffset);
        var transactionsWithData = new HashSet<long>();
        entries.RemoveAll(entry =>
        {
            if (entry.Offset >= lastStableOffset)
                return false;
            // A marker is needed while a record of its transaction is kept.
            if (entry.IsMarker)
                return !transactionsWithData.Remove(entry.TransactionOf) && PastHorizon(entry, now, deleteRetention);
            if (entry.Status == RecordStatus.Aborted)
                return true;
            if (entry.Key is not null && last[entry.Key] != entry.Offset)
                return true;
            if (entry.Value is null && PastHorizon(entry, now, deleteRetention))
                return true;
            if (entry.TransactionOf >= 0)
                transactionsWithData.Add(entry.TransactionOf);
            return false;
        });
    }

    static Dictionary<byte[], long> LastOffsetPerKey(List<LogRecord> entries, long end)
    {
        var last = new Dictionary<byte[], long>(BytesComparer.Instance);
        foreach (var entry in entries)
        {
            if (entry.Offset < end && entry.Status == RecordStatus.Committed && entry.Key is not null)
                last[entry.Key] = entry.Offset;
        }

        return last;
    }

    static bool PastHorizon(LogRecord entry, TimeSpan now, TimeSpan deleteRetention)
    {
        entry.DeleteHorizon ??= now + deleteRetention;
        return now >= entry.DeleteHorizon || deleteRetention == TimeSpan.Zero;
    }

    sealed class BytesComparer : IEqualityComparer<byte[]>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes)
        {
            var hash = new HashCode();
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }
    }
}
