namespace GokaAkka.Queries;

/// <summary>Where what was read comes from, and how far it reaches.</summary>
public sealed record ReadStamp
{
    /// <summary>Who has answered.</summary>
    public required ReadSource Source { get; init; }

    /// <summary>The node that has answered: its address in the cluster, or the actor system's name where there is no cluster.</summary>
    public required string Node { get; init; }

    /// <summary>The partition.</summary>
    public required int Partition { get; init; }

    /// <summary>
    /// Everything before this offset of the table's topic is shown; what is behind it may be. An owner shows also what it has written and is not
    /// acknowledged yet.
    /// </summary>
    public required long TableOffset { get; init; }

    /// <summary>When it was read, by that node's clock.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>What a table has for a key.</summary>
public sealed record TableAnswer
{
    /// <summary>Whether the table has the key.</summary>
    public bool Found => Value is not null;

    /// <summary>The value as the table's codec has written it; null where there is none.</summary>
    public byte[]? Value { get; init; }

    /// <summary>Where it was read.</summary>
    public required ReadStamp Stamp { get; init; }
}

/// <summary>A key and its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value as the table's codec has written it.</param>
/// <param name="Partition">The partition that holds it.</param>
public sealed record TableEntry(Key Key, byte[] Value, int Partition);

/// <summary>A part of a table.</summary>
public sealed record TablePage
{
    /// <summary>
    /// Keys in byte order over all partitions. A key that two partitions hold, which happens when something is written past the group's
    /// partitioner, is there twice.
    /// </summary>
    public required IReadOnlyList<TableEntry> Entries { get; init; }

    /// <summary>
    /// Given to the next call for the same table and range, it goes on behind the last entry. Text that may stand in a URL; valid whoever owns the
    /// partitions then. Null at the end.
    /// </summary>
    public string? Continuation { get; init; }

    /// <summary>Where each partition was read, by number. A partition that was read in several pieces is there with the first of them.</summary>
    public required IReadOnlyList<ReadStamp> Stamps { get; init; }
}
