using Akka.Actor;
using GokaAkka.Queries;

namespace GokaAkka.Cluster;

/// <summary>
/// Answers reads from what its node has, at once, or says who has it: the entity of a partition, and also at a path of its own on every node, for those
/// who know where to ask. It has no state, and starts nothing.
/// </summary>
sealed class ReadGateway : ReceiveActor
{
    /// <summary>Where the node's own is, below the system's guardian.</summary>
    public const string Name = "goka-reads";

    public ReadGateway(LocalReader reader, SharedMap map, MessageLimit limit)
    {
        Receive<ReadRequest>(request =>
        {
            var reply = Answer(reader, map.Current, reader.Node, request);
            Sender.Tell(Sender.Path.Address.HasLocalScope ? reply : limit.Of(reply, reader.Node));
        });
        Receive<UnknownMessage>(m => Sender.Tell(m));
        Receive<StopGateway>(_ => Context.Stop(Self));
    }

    public static Props Props(LocalReader reader, SharedMap map, MessageLimit limit) => Akka.Actor.Props.Create(() => new ReadGateway(reader, map, limit));

    static ReadReply Answer(LocalReader reader, ClusterMap map, string node, ReadRequest request)
    {
        var reply = reader.Read(request);
        if (reply is not ReadRefused refused || map.Writing(request.Table)?.Board.Find(request.Partition) is not { } claim || claim.Node.ToString() == node)
            return reply;
        return refused with { Owner = claim.Node.ToString(), Generation = claim.Generation };
    }
}

/// <summary>The shard moves: the gateway has nothing to finish.</summary>
sealed record StopGateway { public static readonly StopGateway Instance = new(); }
