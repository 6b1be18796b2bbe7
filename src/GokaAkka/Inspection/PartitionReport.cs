namespace GokaAkka.Inspection;

/// <summary>A partition of a group or of a view on one node.</summary>
public sealed record PartitionReport
{
    /// <summary>The partition.</summary>
    public required int Partition { get; init; }

    /// <summary>active, standby, or view.</summary>
    public required string Role { get; init; }

    /// <summary>What it is at: a <see cref="Actors.PartitionState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The assignment it runs under; 0 for a view's.</summary>
    public int Generation { get; init; }

    /// <summary>How often it has been started again.</summary>
    public int Restarts { get; init; }

    /// <summary>Its last failure, or null.</summary>
    public string? LastError { get; init; }

    /// <summary>Records processed.</summary>
    public long Processed { get; init; }

    /// <summary>Records that failed and were passed over.</summary>
    public long Skipped { get; init; }

    /// <summary>Records that failed and were dead-lettered.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Further attempts at records that failed.</summary>
    public long Retries { get; init; }

    /// <summary>Values set for keys that the group's partitioner places in another partition.</summary>
    public long Misplaced { get; init; }

    /// <summary>Changelog records read by the last restore.</summary>
    public long Restored { get; init; }

    /// <summary>Changelog records the restore has still to read, about.</summary>
    public long Remaining { get; init; }

    /// <summary>When the restore at work, or the last one, began; null where there was none.</summary>
    public DateTimeOffset? RestoreStarted { get; init; }

    /// <summary>The first changelog offset that readers of the local table may not see yet.</summary>
    public long TableOffset { get; init; }

    /// <summary>The inputs, the loop among them.</summary>
    public IReadOnlyList<InputReport> Inputs { get; init; } = [];

    /// <summary>The topics written to, the loop and the table among them.</summary>
    public IReadOnlyList<OutputReport> Outputs { get; init; } = [];
}

/// <summary>An input of a partition.</summary>
public sealed record InputReport
{
    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Records taken.</summary>
    public long Records { get; init; }

    /// <summary>Their key and value bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>The offset behind the last record taken; null before the first.</summary>
    public long? NextOffset { get; init; }

    /// <summary>The watermark: everything before it is done and committed; null until it is known.</summary>
    public long? DoneOffset { get; init; }

    /// <summary>The offset behind the topic's last record, as of the last time it was asked for; null before.</summary>
    public long? HighWatermark { get; init; }

    /// <summary>Records not done yet; null until both ends are known.</summary>
    public long? Lag { get; init; }

    /// <summary>The time of the last record taken.</summary>
    public DateTimeOffset? LastTimestamp { get; init; }
}

/// <summary>What a partition has sent to one topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Records">Records sent.</param>
/// <param name="Bytes">Their key and value bytes.</param>
public sealed record OutputReport(string Topic, long Records, long Bytes);
