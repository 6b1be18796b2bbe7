using Akka.Actor;

namespace GokaAkka.Cluster;

/// <summary>
/// Which nodes keep a partition ready that another one has: of those that run the group, without the owner, the first by a hash of node and
/// partition. Whoever knows the same nodes says the same, and a node that comes or goes moves only what it takes or leaves.
/// </summary>
static class StandbyPlacement
{
    /// <param name="partition">The partition.</param>
    /// <param name="nodes">The nodes that run the group.</param>
    /// <param name="owner">The one that has the partition; null when nobody is known to.</param>
    /// <param name="replicas">How many are to keep it ready.</param>
    public static IEnumerable<Address> Of(int partition, IEnumerable<Address> nodes, Address? owner, int replicas) => nodes
        .Where(n => !n.Equals(owner))
        .OrderBy(n => KeyHash.Compute(Encoding.UTF8.GetBytes($"{partition}@{n}")))
        .ThenBy(static n => n.ToString(), StringComparer.Ordinal)
        .Take(replicas);
}
