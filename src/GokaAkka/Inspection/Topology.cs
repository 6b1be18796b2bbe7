namespace GokaAkka.Inspection;

/// <summary>
/// What the groups of one or several nodes read and write, as text and as one drawing: made of reports, so that it is the same wherever a group runs.
/// </summary>
public static class Topology
{
    /// <summary>One line per edge, group after group.</summary>
    public static string Text(IEnumerable<GroupReport> groups)
    {
        var text = new StringBuilder();
        foreach (var group in groups.GroupBy(static g => g.Group).OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            text.Append("group ").Append(group.Key).Append('\n');
            foreach (var edge in group.SelectMany(static g => g.Edges).Distinct())
            {
                text.Append("  ").Append(edge.Kind.PadRight(8)).Append(edge.Topic).Append(" (").Append(edge.Type);
                text.Append(edge.Codec == "none" ? "" : ", " + edge.Codec).Append(")\n");
            }
        }

        return text.ToString();
    }

    /// <summary>A drawing in DOT, for Graphviz.</summary>
    public static string Dot(IEnumerable<GroupReport> groups) => Draw(groups).Dot("goka");

    /// <summary>A drawing as a Mermaid flow chart.</summary>
    public static string Mermaid(IEnumerable<GroupReport> groups) => Draw(groups).Mermaid();

    static GraphDrawing Draw(IEnumerable<GroupReport> groups) => new(
        from g in groups.OrderBy(static g => g.Group, StringComparer.Ordinal)
        from e in g.Edges
        where Enum.TryParse<EdgeKind>(e.Kind, ignoreCase: true, out _)
        select new DrawnEdge(g.Group, Enum.Parse<EdgeKind>(e.Kind, ignoreCase: true), e.Topic));
}
