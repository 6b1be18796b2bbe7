using GokaAkka.Queries;

namespace GokaAkka.Inspection;

/// <summary>Describe yourself; answered by <see cref="NodeDescribed"/>.</summary>
sealed record DescribeNode : IWireMessage { public static readonly DescribeNode Instance = new(); }

/// <summary>A node's description of itself.</summary>
sealed record NodeDescribed(NodeReport Report) : IWireMessage;

/// <summary>Do something, as far as it concerns the node; answered by <see cref="NodeAnswer"/>.</summary>
sealed record NodeCommand(NodeVerb Verb, string Name) : IWireMessage
{
    /// <summary>The input to pause or resume; null for all.</summary>
    public string? Topic { get; init; }

    /// <summary>The partition to start again.</summary>
    public int Partition { get; init; }

    /// <summary>The value to start an action with.</summary>
    public string Value { get; init; } = "";
}

/// <summary>What to do.</summary>
enum NodeVerb
{
    Pause,
    Resume,
    RestartPartition,
    StartAction,
    StopAction,
}

/// <summary>What came of it.</summary>
/// <param name="Concern">Whether the node was concerned and did it.</param>
/// <param name="Text">What was done, why it was not, or, of a node that is not concerned, what it has instead.</param>
sealed record NodeAnswer(NodeConcern Concern, string Text) : IWireMessage;

/// <summary>Whether a node was concerned by a command and did it.</summary>
enum NodeConcern
{
    Done,
    Failed,
    None,
}
