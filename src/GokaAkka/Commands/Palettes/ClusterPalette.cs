using Akka.Actor;

namespace GokaAkka.Commands.Palettes;

/// <summary><c>cluster</c>: the nodes, and how they come to leave.</summary>
static class ClusterPalette
{
    static readonly CommandArgument Node = new("node", "the node's address, as 'cluster show' has it")
    {
        IsMandatory = true,
        Values = ClusterPicture.Names(static p => p.Nodes.Select(static n => n.Address)),
    };

    public static CommandPalette Create(ExtendedActorSystem system) => new("cluster", "the nodes of the cluster",
    [
        new("show", "shows every node, this one first", ClusterPicture.Shown(Show)),
        new("leave", "has a node hand over what it has, leave and end", call => Leave(system, call)) { Arguments = [Node] },
        new("down", "removes a node that is gone for good, without asking it", call => Down(system, call)) { Arguments = [Node] },
    ]);

    static async Task Show(CommandCall call, ClusterPicture picture)
    {
        await call.Table("nodes", "node", "roles", "status", "groups", "partitions", "version").ConfigureAwait(false);
        foreach (var node in picture.Nodes)
        {
            await call.Row(
                node.Address, $"[{string.Join(", ", node.Roles)}]", node.Status.ToLowerInvariant(), string.Join(", ", node.Groups.Select(static g => g.Group)),
                node.Silent is not null ? null : node.Groups.Sum(static g => g.Partitions.Count(static p => p.State != nameof(Actors.PartitionState.Stopped))),
                node.Version).ConfigureAwait(false);
        }
    }

    static async Task Leave(ExtendedActorSystem system, CommandCall call)
    {
        var (cluster, address) = Find(system, call);
        // The answer first: this node may be the one that ends.
        await call.Text($"{address} leaves.").ConfigureAwait(false);
        cluster.Leave(address);
    }

    static async Task Down(ExtendedActorSystem system, CommandCall call)
    {
        var (cluster, address) = Find(system, call);
        await call.Text($"{address} is down.").ConfigureAwait(false);
        cluster.Down(address);
    }

    static (Akka.Cluster.Cluster Cluster, Address Address) Find(ExtendedActorSystem system, CommandCall call)
    {
        if (!system.Settings.HasCluster)
            throw new CommandException($"System '{system.Name}' is in no cluster: akka.actor.provider is not cluster.");
        var cluster = Akka.Cluster.Cluster.Get(system);
        var wanted = call.Required("node");
        var members = cluster.State.Members.Select(static m => m.Address).ToList();
        return members.Find(m => m.ToString() == wanted) is { } found
            ? (cluster, found)
            : throw new CommandException($"There is no node {wanted}; expected one of {string.Join(", ", members)}.");
    }
}
