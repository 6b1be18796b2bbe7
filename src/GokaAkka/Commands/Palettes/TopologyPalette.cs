using GokaAkka.Inspection;

namespace GokaAkka.Commands.Palettes;

/// <summary><c>topology</c>: what groups read and write.</summary>
static class TopologyPalette
{
    static readonly CommandArgument Group = GroupPalette.Name with { Description = "the group; every one when it is left out", IsMandatory = false };

    public static CommandPalette Create() => new("topology", "what groups read and write",
    [
        new("show", "shows groups and topics as text", call => Draw(call, Topology.Text)) { Arguments = [Group] },
        new("dot", "draws them for Graphviz", call => Draw(call, Topology.Dot)) { Arguments = [Group] },
        new("mermaid", "draws them as a Mermaid flow chart", call => Draw(call, Topology.Mermaid)) { Arguments = [Group] },
    ]);

    static async Task Draw(CommandCall call, Func<IEnumerable<GroupReport>, string> draw)
    {
        var picture = await ClusterPicture.Take(call.Goka, call.Cancellation).ConfigureAwait(false);
        var groups = call[Group.Name] is { } one ? picture.Group(one).Select(static g => g.Group) : picture.Nodes.SelectMany(static n => n.Groups);
        await call.Text(draw(groups).TrimEnd('\n')).ConfigureAwait(false);
        await picture.NoteSilence(call).ConfigureAwait(false);
    }
}
