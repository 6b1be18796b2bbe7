namespace GokaAkka.Queries;

/// <summary>How a table is read. goka knows reads of the partitions on this node only.</summary>
public sealed record QueryOptions
{
    /// <summary>The owner's answer, within <c>goka.query.timeout</c>.</summary>
    public static QueryOptions Default { get; } = new();

    /// <summary>
    /// How long to try: partitions that move or are being restored, and nodes that do not answer, are asked again until then. Null for
    /// <c>goka.query.timeout</c>.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Who may answer, and what the answer has to show.</summary>
    public ReadConsistency Consistency { get; init; }
}

/// <summary>Who may answer a read, and what the answer has to show. The default is <see cref="Owner"/>.</summary>
public readonly record struct ReadConsistency
{
    /// <summary>
    /// The node that owns the key's partition answers: it shows everything that its callbacks have written, what is not acknowledged or
    /// committed yet among it. A table that no group here writes has no owner; this node's view of it answers then.
    /// </summary>
    public static ReadConsistency Owner => default;

    /// <summary>Where the owner cannot answer, a standby or a view may. It may lag behind, and the answer says which offset it shows.</summary>
    public static ReadConsistency AllowStandby => new() { AllowsStandby = true };

    /// <summary>
    /// The answer shows the table's topic up to and including an offset of the key's partition: whoever has had a write of the table
    /// acknowledged at that offset reads it. What has not come so far is waited for, until the time-out.
    /// </summary>
    /// <param name="offset">The offset, of the partition the key belongs to.</param>
    /// <param name="allowStandby">Whether a standby or a view that has come so far may answer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative.</exception>
    public static ReadConsistency AtLeast(long offset, bool allowStandby = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return new ReadConsistency { TableOffset = offset + 1, AllowsStandby = allowStandby };
    }

    /// <summary>Whether a standby or a view may answer.</summary>
    public bool AllowsStandby { get; private init; }

    /// <summary>The offset before which everything has to be shown; 0 for whatever there is.</summary>
    public long TableOffset { get; private init; }
}

/// <summary>Where an answer comes from.</summary>
public enum ReadSource
{
    /// <summary>The node that owns the partition.</summary>
    Owner,

    /// <summary>A copy that is kept to take the partition over.</summary>
    Standby,

    /// <summary>A view of the table.</summary>
    View,
}
