namespace GokaAkka.Actors;

/// <summary>What of a processor can only be said in code.</summary>
public sealed record ProcessorOptions
{
    /// <summary>The defaults.</summary>
    public static readonly ProcessorOptions Default = new();

    /// <summary>Headers of every record the processor writes, table records included. goka's <c>WithProducerDefaultHeaders</c>.</summary>
    public Headers DefaultHeaders { get; init; } = Headers.Empty;

    /// <summary>What to do with records of the group's and joined tables' topics while restoring and following. goka's <c>WithUpdateCallback</c>.</summary>
    public TableUpdate? Update { get; init; }

    /// <summary>Told of every change of the assignment, before it takes effect here: be quick. goka's <c>WithRebalanceCallback</c>.</summary>
    public Action<Rebalance>? Rebalanced { get; init; }

    /// <summary>Places the keys of what is written, looked up and asked for, in place of <c>goka.processor.partitioner</c>. goka's <c>WithHasher</c>.</summary>
    public IPartitioner? Partitioner { get; init; }

    /// <summary>
    /// What to do when a record of an input fails that does not say: one policy, or one for each stage. Null, and stages left out, for
    /// <c>goka.processor.on-error</c>.
    /// </summary>
    public ErrorPolicies? Errors { get; init; }

    /// <summary>What is promised of each record's effects, in place of <c>goka.processor.delivery</c>.</summary>
    public Delivery? Delivery { get; init; }

    /// <summary>
    /// How long table records are held back so that only the last value of each key is sent, in place of <c>goka.processor.coalesce-interval</c>;
    /// zero for not at all.
    /// </summary>
    public TimeSpan? CoalesceInterval { get; init; }

    /// <summary>Given the graph before anything starts. goka's <c>WithGroupGraphHook</c>.</summary>
    public Action<GroupGraph>? GraphHook { get; init; }
}

/// <summary>A change of the partitions a processor has on this node.</summary>
/// <param name="Kind">What happened to them.</param>
/// <param name="Partitions">The partitions' numbers.</param>
public sealed record Rebalance(RebalanceKind Kind, IReadOnlyList<int> Partitions);

/// <summary>What happened to partitions in a rebalance. goka tells of assignments only.</summary>
public enum RebalanceKind
{
    /// <summary>They are this node's from now on.</summary>
    Assigned,

    /// <summary>They are given up in good order.</summary>
    Revoked,

    /// <summary>They are gone without notice.</summary>
    Lost,
}
