using Akka.Actor;
using Akka.Cluster;

namespace GokaAkka.Inspection;

/// <summary>Who a node is among others, with a cluster or without.</summary>
sealed class NodeIdentity(ExtendedActorSystem system)
{
    const string Unreachable = "Unreachable";

    /// <summary>The cluster, or null where there is none.</summary>
    public Akka.Cluster.Cluster? Cluster { get; } = system.Settings.HasCluster ? Akka.Cluster.Cluster.Get(system) : null;

    public string Address => Cluster?.SelfAddress.ToString() ?? system.Name;

    public IReadOnlyList<string> Roles => Cluster is { } cluster ? [.. cluster.SelfRoles.Order(StringComparer.Ordinal)] : [];

    /// <summary>A member's status, or that there is no cluster, or that it has not joined one yet.</summary>
    public string Status => Cluster is { } cluster
        ? cluster.State.Members.FirstOrDefault(m => m.UniqueAddress.Equals(cluster.SelfUniqueAddress))?.Status.ToString() ?? "Joining"
        : "Single";

    /// <summary>The other members, with what the cluster knows of them.</summary>
    public IReadOnlyList<OtherNode> Others()
    {
        if (Cluster is not { } cluster)
            return [];
        var state = cluster.State;
        return
        [
            .. state.Members.Where(m => !m.UniqueAddress.Equals(cluster.SelfUniqueAddress)).Select(m => new OtherNode(
                m.Address, state.Unreachable.Contains(m) ? Unreachable : m.Status.ToString(), [.. m.Roles.Order(StringComparer.Ordinal)],
                CanAnswer: !state.Unreachable.Contains(m) && m.Status is not (MemberStatus.Down or MemberStatus.Removed))),
        ];
    }
}

/// <summary>Another member of the cluster.</summary>
sealed record OtherNode(Address Address, string Status, IReadOnlyList<string> Roles, bool CanAnswer);
