namespace GokaAkka.Inspection;

/// <summary>
/// What a node says of itself at one moment: plain data that travels between nodes and to people. Counts are those of this node since the part
/// they belong to came to it; whoever wants rates takes two reports.
/// </summary>
public sealed record NodeReport
{
    /// <summary>The node's address in the cluster, or the system's name where there is no cluster.</summary>
    public required string Address { get; init; }

    /// <summary>Its roles in the cluster.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Its status in the cluster (Up, Leaving, …), <c>Unreachable</c>, or <c>Single</c> where there is no cluster.</summary>
    public required string Status { get; init; }

    /// <summary>Why nothing else is known of it, when it did not answer; else null.</summary>
    public string? Silent { get; init; }

    /// <summary>When the report was made, by the node's clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>When GokaAkka was started in the node.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>GokaAkka's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The cluster of brokers it talks to.</summary>
    public string Kafka { get; init; } = "";

    /// <summary>Its processors, one a group.</summary>
    public IReadOnlyList<GroupReport> Groups { get; init; } = [];

    /// <summary>Its views, those that processors look up among them.</summary>
    public IReadOnlyList<ViewReport> Views { get; init; } = [];

    /// <summary>The actions it can run.</summary>
    public IReadOnlyList<ActionReport> Actions { get; init; } = [];

    /// <summary>The last warnings and errors of its log, the latest first, <c>goka.inspection.log-lines</c> at the most.</summary>
    public IReadOnlyList<LogReport> Log { get; init; } = [];
}

/// <summary>A processor on one node.</summary>
public sealed record GroupReport
{
    /// <summary>The group.</summary>
    public required string Group { get; init; }

    /// <summary>What it is at: a <see cref="Actors.ProcessorState"/>.</summary>
    public required string State { get; init; }

    /// <summary>Why it has failed, or null.</summary>
    public string? Error { get; init; }

    /// <summary>at-least-once or exactly-once.</summary>
    public string Delivery { get; init; } = "";

    /// <summary>The number of partitions of its inputs and table; 0 until it is known.</summary>
    public int PartitionCount { get; init; }

    /// <summary>Its graph.</summary>
    public IReadOnlyList<EdgeReport> Edges { get; init; } = [];

    /// <summary>The inputs that are paused.</summary>
    public IReadOnlyList<string> Paused { get; init; } = [];

    /// <summary>How long ago the polling thread polled, in milliseconds; null while the group is not joined.</summary>
    public double? PollAgeMs { get; init; }

    /// <summary>What keeps it from its work at the moment.</summary>
    public IReadOnlyList<TroubleReport> Troubles { get; init; } = [];

    /// <summary>The last changes of its assignment, the latest first, a bounded number.</summary>
    public IReadOnlyList<RebalanceReport> Rebalances { get; init; } = [];

    /// <summary>The partitions it has or had, by number.</summary>
    public IReadOnlyList<PartitionReport> Partitions { get; init; } = [];
}

/// <summary>An edge of a group's graph.</summary>
/// <param name="Kind">input, loop, output, persist, join, lookup or visitor.</param>
/// <param name="Topic">The topic, or the visitor's name.</param>
/// <param name="Type">The type of its values.</param>
/// <param name="Codec">Its codec.</param>
public sealed record EdgeReport(string Kind, string Topic, string Type, string Codec);

/// <summary>Something that keeps a processor from its work and is tried again until it ends.</summary>
/// <param name="What">What cannot be done.</param>
/// <param name="Reason">Why, as of the last attempt.</param>
/// <param name="Since">When it began.</param>
public sealed record TroubleReport(string What, string Reason, DateTimeOffset Since);

/// <summary>A change of the partitions a processor has on this node.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">assigned, revoked or lost.</param>
/// <param name="Partitions">The partitions.</param>
public sealed record RebalanceReport(DateTimeOffset At, string Kind, IReadOnlyList<int> Partitions);

/// <summary>A view on one node.</summary>
public sealed record ViewReport
{
    /// <summary>The table.</summary>
    public required string Table { get; init; }

    /// <summary>What it is at: a <see cref="Actors.ViewState"/>.</summary>
    public required string State { get; init; }

    /// <summary>Why it has failed, or null.</summary>
    public string? Error { get; init; }

    /// <summary>The group whose processor looks it up, or null for a view that the application started.</summary>
    public string? LookedUpBy { get; init; }

    /// <summary>Its partitions, by number.</summary>
    public IReadOnlyList<PartitionReport> Partitions { get; init; } = [];
}

/// <summary>An action that the application has given a name: goka's actions.</summary>
public sealed record ActionReport
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it does.</summary>
    public string Description { get; init; } = "";

    /// <summary>idle, running, stopping, succeeded, failed or stopped.</summary>
    public required string Status { get; init; }

    /// <summary>The value it was started with last, or null.</summary>
    public string? Value { get; init; }

    /// <summary>When it was started last, or null.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended last, or null.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Why it failed last, or null.</summary>
    public string? Error { get; init; }
}
