namespace GokaAkka.Graph;

/// <summary>Where an input starts in partitions for which its group has no committed offset.</summary>
public sealed record StartAt
{
    StartAt(bool isLatest, DateTimeOffset? time)
    {
        IsLatest = isLatest;
        Time = time;
    }

    /// <summary>At the first record kept.</summary>
    public static StartAt Earliest { get; } = new(false, null);

    /// <summary>After the last record.</summary>
    public static StartAt Latest { get; } = new(true, null);

    internal bool IsLatest { get; }

    internal DateTimeOffset? Time { get; }

    /// <summary>At the first record that is not older than this; after the last one when there is none.</summary>
    public static StartAt Timestamp(DateTimeOffset time) => new(false, time);
}
