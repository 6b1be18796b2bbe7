using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;

namespace GokaAkka.Cluster;

/// <summary>What one node says of itself: the partitions of a group that the consumer group has assigned to it.</summary>
/// <param name="Node">The node, this incarnation of it.</param>
/// <param name="Sequence">
/// Counts what the node has said, from 1: a later statement replaces an earlier one, in whatever order they arrive. A node that starts again is
/// another incarnation and begins anew, so that no clock is needed.
/// </param>
/// <param name="Generation">The group's generation that assigned the partitions; the node says so anew in every generation.</param>
/// <param name="Partitions">All of the node's partitions; none when it has lost or given back what it had.</param>
sealed record NodeClaims(UniqueAddress Node, long Sequence, int Generation, ImmutableSortedSet<int> Partitions);

/// <summary>Where a partition is, as far as is known.</summary>
readonly record struct PartitionClaim(Address Node, int Generation);

/// <summary>
/// Who has which partition of a group, by what the nodes say of themselves. Of two claims to a partition the one of the higher generation wins,
/// never the later one: a node that has not yet noticed that its partition was taken from it does not get it back by saying so again.
/// Immutable; boards that have heard the same, in any order and any number of times, are alike.
/// </summary>
sealed class ClaimBoard
{
    /// <summary>Nobody has said anything.</summary>
    public static readonly ClaimBoard Empty = new(ImmutableDictionary<UniqueAddress, NodeClaims>.Empty);

    readonly ImmutableDictionary<UniqueAddress, NodeClaims> _nodes;
    readonly Dictionary<int, PartitionClaim> _winners = [];

    ClaimBoard(ImmutableDictionary<UniqueAddress, NodeClaims> nodes)
    {
        _nodes = nodes;
        foreach (var claims in nodes.Values)
        {
            var claim = new PartitionClaim(claims.Node.Address, claims.Generation);
            foreach (var partition in claims.Partitions)
                if (!_winners.TryGetValue(partition, out var other) || Wins(claim, other))
                    _winners[partition] = claim;
        }
    }

    /// <summary>What every node has said last.</summary>
    public IEnumerable<NodeClaims> Nodes => _nodes.Values;

    /// <summary>The partitions that somebody claims.</summary>
    public IEnumerable<int> Partitions => _winners.Keys;

    /// <summary>The claim that wins; null when nobody claims the partition.</summary>
    public PartitionClaim? Find(int partition) => _winners.TryGetValue(partition, out var claim) ? claim : null;

    /// <summary>The board with what a node says; the same one when the node has said something later before.</summary>
    public ClaimBoard With(NodeClaims claims) =>
        _nodes.TryGetValue(claims.Node, out var known) && known.Sequence >= claims.Sequence ? this : new ClaimBoard(_nodes.SetItem(claims.Node, claims));

    /// <summary>The board without a node, which has left the cluster.</summary>
    public ClaimBoard Without(UniqueAddress node) => _nodes.ContainsKey(node) ? new ClaimBoard(_nodes.Remove(node)) : this;

    // A generation assigns a partition once. Two claims of one generation mean that a node has yet to say what it has lost, or has started
    // again: all boards have to choose the same.
    static bool Wins(PartitionClaim claim, PartitionClaim over) => claim.Generation != over.Generation
        ? claim.Generation > over.Generation
        : Member.AddressOrdering.Compare(claim.Node, over.Node) < 0;
}
