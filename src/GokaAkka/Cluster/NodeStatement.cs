using GokaAkka.Queries;

namespace GokaAkka.Cluster;

/// <summary>All that a node tells the others of itself.</summary>
/// <param name="Address">The node's address.</param>
/// <param name="Uid">Which incarnation of it.</param>
/// <param name="Sequence">Counts what this incarnation has said, from 1: a later statement replaces an earlier one, in whatever order they arrive.</param>
/// <param name="Groups">The groups with a table that it runs.</param>
/// <param name="Views">The views that it has.</param>
sealed record NodeStatement(string Address, int Uid, long Sequence, IReadOnlyList<GroupStatement> Groups, IReadOnlyList<ViewStatement> Views) : IWireMessage;

/// <summary>A group on a node.</summary>
/// <param name="Group">The group.</param>
/// <param name="Table">Its table's topic.</param>
/// <param name="PartitionCount">The table's partitions; 0 while the node does not know.</param>
/// <param name="Partitioner">The name of what places its keys.</param>
/// <param name="Generation">The group's generation that assigned the partitions.</param>
/// <param name="Partitions">The partitions that are the node's, restored or not.</param>
/// <param name="Standbys">The partitions of which it has a copy that is complete.</param>
sealed record GroupStatement(
    string Group, string Table, int PartitionCount, string Partitioner, int Generation, IReadOnlyList<int> Partitions, IReadOnlyList<int> Standbys);

/// <summary>A view on a node.</summary>
/// <param name="Table">The table's topic.</param>
/// <param name="PartitionCount">Its partitions; 0 while the node does not know.</param>
/// <param name="Partitioner">The name of what places its keys.</param>
sealed record ViewStatement(string Table, int PartitionCount, string Partitioner);
