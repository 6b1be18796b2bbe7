namespace GokaAkka.Actors;

/// <summary>
/// What a partition has sent to one topic: an output, the loop or the table. Written batch by batch, read by anyone. goka's
/// <c>OutputStats</c>.
/// </summary>
public sealed class OutputStatus
{
    long _records;
    long _bytes;

    internal OutputStatus(string topic) => Topic = topic;

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>Records sent since the partition came to this node, tombstones included; goka does not count those.</summary>
    public long Records => Interlocked.Read(ref _records);

    /// <summary>Their key and value bytes.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    internal void Add(long records, long bytes)
    {
        Interlocked.Add(ref _records, records);
        Interlocked.Add(ref _bytes, bytes);
    }
}
