using Akka.Actor;
using GokaAkka.Actors;
using GokaAkka.Queries;

namespace GokaAkka.Cluster;

/// <summary>A node's part in the cluster: who asks where tables are, and who answers others. Made once per actor system in a cluster.</summary>
sealed class ClusterNode
{
    public ClusterNode(ExtendedActorSystem system, LocalReader reader, LocalTableBoard board, LocalClaims claims, GokaSettings settings)
    {
        var limit = MessageLimit.Of(system);
        var gateway = ReadGateway.Props(reader, Map, limit);
        var regions = new GroupRegions(system, settings.Cluster.Sharding, Map, gateway);
        Router = new ClusterRouter(system, reader, board, Map, regions, limit.Piece, settings.Query);
        system.SystemActorOf(gateway, ReadGateway.Name);
        var map = system.SystemActorOf(ClusterMapActor.Props(claims, Map, regions, settings.Cluster.TellInterval), ClusterMapActor.Name);
        claims.Changed = () => map.Tell(ClusterMapActor.Changed.Instance, ActorRefs.NoSender);
    }

    /// <summary>Where the cluster's tables are.</summary>
    public SharedMap Map { get; } = new();

    public IReadRouter Router { get; }
}
