namespace GokaAkka.Queries;

/// <summary>Settings under <c>goka.query</c>.</summary>
public sealed record QuerySettings
{
    /// <summary>How long a read tries, where its options do not say.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long a node may take to answer before it is asked again.</summary>
    public required TimeSpan AttemptTimeout { get; init; }

    /// <summary>How long the shard region may take before the node that has the partition is asked directly, too.</summary>
    public required TimeSpan DirectAfter { get; init; }
}
