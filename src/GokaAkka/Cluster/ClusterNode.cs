using Akka.Actor;
using Akka.Cluster.Sharding;
using GokaAkka.Actors;
using GokaAkka.Queries;

namespace GokaAkka.Cluster;

/// <summary>A node's part in the cluster: who asks where tables are, and who answers others. Made once per actor system in a cluster.</summary>
sealed class ClusterNode
{
    readonly Address _self;

    public ClusterNode(ExtendedActorSystem system, LocalReader reader, LocalTableBoard board, LocalClaims claims, GokaSettings settings)
    {
        // Brings the serializers of sharding and distributed data: other nodes send such messages before this one has heard of a group.
        _ = ClusterSharding.Get(system);
        _self = Akka.Cluster.Cluster.Get(system).SelfAddress;
        var limit = MessageLimit.Of(system);
        var gateway = ReadGateway.Props(reader, Map, limit, settings.Query.AttemptTimeout, TimeProvider.System);
        var regions = new GroupRegions(system, settings.Cluster.Sharding, Map, gateway);
        Router = new ClusterRouter(system, reader, board, Map, regions, limit.Piece, settings.Query);
        system.SystemActorOf(gateway, ReadGateway.Name);
        var map = system.SystemActorOf(ClusterMapActor.Props(claims, Map, regions, settings.Cluster.TellInterval), ClusterMapActor.Name);
        claims.Changed = () => map.Tell(ClusterMapActor.Changed.Instance, ActorRefs.NoSender);
    }

    /// <summary>Where the cluster's tables are.</summary>
    public SharedMap Map { get; } = new();

    public IReadRouter Router { get; }

    /// <summary>
    /// Whether this node is one of those that keep a partition ready. While nobody is known to have it, which is about to be somewhere, nothing is given
    /// up for that: null in place of no.
    /// </summary>
    public bool? KeepsStandby(string group, int partition, int replicas)
    {
        if (Map.Current.Group(group) is not { } places)
            return null;
        var owner = places.Board.Find(partition)?.Node;
        return StandbyPlacement.Of(partition, places.Nodes, owner, replicas).Contains(_self) ? true : owner is null ? null : false;
    }
}
