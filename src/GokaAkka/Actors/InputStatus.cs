namespace GokaAkka.Actors;

/// <summary>
/// The figures of one input of a partition on this node. Written batch by batch, read by anyone: each figure is current, though not all of the
/// same moment. goka's <c>InputStats</c>.
/// </summary>
public sealed class InputStatus
{
    const long Unknown = -1;

    long _records;
    long _bytes;
    long _nextOffset = Unknown;
    long _lastTimestamp = Unknown;
    long _done = Unknown;
    long _highWatermark = Unknown;

    internal InputStatus(string topic) => Topic = topic;

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>Records taken since the partition came to this node, those read again after a restart included.</summary>
    public long Records => Interlocked.Read(ref _records);

    /// <summary>Their key and value bytes. goka counts values alone.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The offset behind the last record taken; null before the first.</summary>
    public long? NextOffset => Known(ref _nextOffset);

    /// <summary>
    /// The offset up to which everything is done, which is what is committed; null until it is known. What lies between it and
    /// <see cref="NextOffset"/> is at work.
    /// </summary>
    public long? DoneOffset => Known(ref _done);

    /// <summary>
    /// The offset behind the last record of the topic's partition, as of the last time it was asked for (<c>goka.processor.lag-interval</c>);
    /// null before.
    /// </summary>
    public long? HighWatermark => Known(ref _highWatermark);

    /// <summary>
    /// Records not done yet, 0 when it has caught up; null until both ends are known. Gaps that compaction or transactions left count as
    /// records.
    /// </summary>
    public long? Lag => DoneOffset is { } done && HighWatermark is { } high ? Math.Max(0, high - done) : null;

    /// <summary>The time of the last record taken; null before the first, or when it had none.</summary>
    public DateTimeOffset? LastTimestamp => Known(ref _lastTimestamp) is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary>How old the last record taken is. goka's <c>Delay</c>.</summary>
    public TimeSpan? DelayAt(DateTimeOffset now) => now - LastTimestamp;

    internal void Take(int records, int bytes, long nextOffset, long lastTimestamp)
    {
        Interlocked.Add(ref _records, records);
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Exchange(ref _nextOffset, nextOffset);
        Interlocked.Exchange(ref _lastTimestamp, lastTimestamp);
    }

    internal void Done(long offset) => Interlocked.Exchange(ref _done, offset);

    /// <summary>Where the partition begins here; nothing when it has got further already.</summary>
    internal void BeginsAt(long offset) => Interlocked.CompareExchange(ref _done, offset, Unknown);

    internal void Ends(long highWatermark) => Interlocked.Exchange(ref _highWatermark, highWatermark);

    /// <summary>The partition comes anew: whatever another member has done meanwhile, it is not known here.</summary>
    internal void ForgetPosition()
    {
        Interlocked.Exchange(ref _done, Unknown);
        Interlocked.Exchange(ref _nextOffset, Unknown);
    }

    static long? Known(ref long figure) => Interlocked.Read(ref figure) is var value && value != Unknown ? value : null;
}
