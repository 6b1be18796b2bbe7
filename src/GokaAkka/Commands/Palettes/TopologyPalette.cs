using GokaAkka.Inspection;
using static GokaAkka.Commands.Palettes.ClusterPicture;

namespace GokaAkka.Commands.Palettes;

/// <summary><c>topology</c>: what groups read and write.</summary>
static class TopologyPalette
{
    static readonly CommandArgument Group = GroupPalette.Name with { Description = "the group; every one when it is left out", IsMandatory = false };

    public static CommandPalette Create() => new("topology", "what groups read and write",
    [
        new("show", "shows groups and topics as text", Draw(Topology.Text)) { Arguments = [Group] },
        new("dot", "draws them for Graphviz", Draw(Topology.Dot)) { Arguments = [Group] },
        new("mermaid", "draws them as a Mermaid flow chart", Draw(Topology.Mermaid)) { Arguments = [Group] },
    ]);

    static Func<CommandCall, Task> Draw(Func<IEnumerable<GroupReport>, string> draw) => Shown((call, picture) =>
    {
        var groups = call[Group.Name] is { } one ? picture.Group(one).Select(static g => g.Group) : picture.Nodes.SelectMany(static n => n.Groups);
        return call.Text(draw(groups).TrimEnd('\n'));
    });
}
