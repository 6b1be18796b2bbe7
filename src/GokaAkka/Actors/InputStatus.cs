using GokaAkka.Kafka.Polling;

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

    long _removed;

    // Since when something is at work without the watermark having moved.
    long _waitsSince;
    readonly TimeProvider _time;
    volatile PartitionFlow? _flow;

    internal InputStatus(string topic, TimeProvider time)
    {
        Topic = topic;
        _time = time;
    }

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

    /// <summary>
    /// How long the watermark, <see cref="DoneOffset"/>, has stood still while records before <see cref="NextOffset"/> are at work or wait for their
    /// acknowledgement; zero when there are none. It grows when a callback hangs, a deferred commit is forgotten or brokers do not acknowledge.
    /// </summary>
    public TimeSpan WatermarkAge => NextOffset is { } next && (DoneOffset is not { } done || done < next)
        ? _time.GetElapsedTime(Interlocked.Read(ref _waitsSince))
        : TimeSpan.Zero;

    /// <summary>Records that were polled and are not worked off.</summary>
    public long QueuedRecords => _flow?.Records ?? 0;

    /// <summary>Their key and value bytes.</summary>
    public long QueuedBytes => _flow?.Bytes ?? 0;

    /// <summary>The time of the last record taken; null before the first, or when it had none.</summary>
    public DateTimeOffset? LastTimestamp => Known(ref _lastTimestamp) is { } ms ? RecordTime.Of(ms) : null;

    /// <summary>
    /// Records that the topic's retention removed before they were read, as far as offsets tell, since the partition first came to this node: looked at every
    /// <c>goka.processor.lag-interval</c>.
    /// </summary>
    public long Removed => Interlocked.Read(ref _removed);

    /// <summary>How old the last record taken is. goka's <c>Delay</c>.</summary>
    public TimeSpan? DelayAt(DateTimeOffset now) => now - LastTimestamp;

    internal void Take(int records, int bytes, long nextOffset, long lastTimestamp)
    {
        if (NextOffset is not { } next || DoneOffset >= next)
            Interlocked.Exchange(ref _waitsSince, _time.GetTimestamp());
        Interlocked.Add(ref _records, records);
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Exchange(ref _nextOffset, nextOffset);
        Interlocked.Exchange(ref _lastTimestamp, lastTimestamp);
    }

    internal void Done(long offset)
    {
        Interlocked.Exchange(ref _waitsSince, _time.GetTimestamp());
        Interlocked.Exchange(ref _done, offset);
    }

    /// <summary>Where the partition begins here; nothing when it has got further already.</summary>
    internal void BeginsAt(long offset) => Interlocked.CompareExchange(ref _done, offset, Unknown);

    internal void Ends(long highWatermark) => Interlocked.Exchange(ref _highWatermark, highWatermark);

    internal void Remove(long records) => Interlocked.Add(ref _removed, records);

    /// <summary>The partition comes anew, with its records by this flow: whatever another member has done meanwhile, it is not known here.</summary>
    internal void BeginAnew(PartitionFlow flow)
    {
        _flow = flow;
        Interlocked.Exchange(ref _done, Unknown);
        Interlocked.Exchange(ref _nextOffset, Unknown);
    }

    static long? Known(ref long figure) => Interlocked.Read(ref figure) is var value && value != Unknown ? value : null;
}
