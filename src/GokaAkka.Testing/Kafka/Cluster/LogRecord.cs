namespace GokaAkka.Testing;

/// <summary>A record as a producer hands it to a partition.</summary>
/// <param name="Timestamp">Milliseconds since the Unix epoch, or -1 for the broker's time.</param>
/// <param name="Key">The key, or null.</param>
/// <param name="Value">The value, or null for a tombstone.</param>
/// <param name="Headers">The headers, or null for none.</param>
internal readonly record struct NewRecord(long Timestamp, byte[]? Key, byte[]? Value, Headers? Headers = null);

/// <summary>An entry of a partition's log: a record or a transaction's marker. Only its status changes, and once.</summary>
internal sealed class LogRecord(long offset, long timestamp, byte[]? key, byte[]? value, Headers? headers, long producerId, RecordStatus status)
{
    public long Offset { get; } = offset;

    public long Timestamp { get; } = timestamp;

    public byte[]? Key { get; } = key;

    public byte[]? Value { get; } = value;

    public Headers? Headers { get; } = headers;

    /// <summary>The transactional producer that wrote it, or -1 for a record outside any transaction.</summary>
    public long TransactionOf { get; } = producerId;

    public RecordStatus Status { get; private set; } = status;

    public bool IsMarker => Status is RecordStatus.CommitMarker or RecordStatus.AbortMarker;

    /// <summary>When compaction may drop this tombstone or marker: set by the first pass that would have, so that slow readers see it.</summary>
    public TimeSpan? DeleteHorizon { get; set; }

    public void Decide(bool committed) => Status = committed ? RecordStatus.Committed : RecordStatus.Aborted;
}
