namespace GokaAkka.Inspection;

/// <summary>What came of something that nodes were to do.</summary>
/// <param name="Succeeded">Whether at least one node was concerned and every one of those did it.</param>
/// <param name="Text">A sentence about it; where nothing could be done, what was found and what was expected.</param>
/// <param name="Nodes">What came of it on each node that was concerned or said nothing.</param>
public sealed record CommandOutcome(bool Succeeded, string Text, IReadOnlyList<NodeOutcome> Nodes);

/// <summary>What came of it on one node.</summary>
/// <param name="Node">The node's address, as in its report.</param>
/// <param name="Succeeded">Whether it was done.</param>
/// <param name="Text">What was done, or why not.</param>
public sealed record NodeOutcome(string Node, bool Succeeded, string Text);
