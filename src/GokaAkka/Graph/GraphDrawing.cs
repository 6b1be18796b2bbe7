namespace GokaAkka.Graph;

/// <summary>What connects a group with a topic, for drawings.</summary>
readonly record struct DrawnEdge(string Group, EdgeKind Kind, string Topic);

/// <summary>
/// Groups and what they are connected with as one drawing, in DOT (Graphviz) and Mermaid: a topic that several groups have to do with is drawn once.
/// </summary>
sealed class GraphDrawing
{
    readonly IReadOnlyList<DrawnEdge> _edges;
    readonly string[] _groups;
    readonly string[] _topics;
    readonly HashSet<string> _tables;

    /// <param name="edges">The edges, in any order and any number of times.</param>
    public GraphDrawing(IEnumerable<DrawnEdge> edges)
    {
        var all = edges.Distinct().ToList();
        _edges = [.. all.Where(static e => e.Kind != EdgeKind.Visitor)];
        _groups = [.. all.Select(static e => e.Group).Distinct()];
        _topics = [.. _edges.Select(static e => e.Topic).Distinct()];
        _tables = [.. _edges.Where(static e => e.Kind is EdgeKind.Persist or EdgeKind.Join or EdgeKind.Lookup).Select(static e => e.Topic)];
    }

    /// <summary>Of a graph alone.</summary>
    public static GraphDrawing Of(GroupGraph graph) => new(graph.AllEdges.Select(e => new DrawnEdge(graph.Group, e.Kind, e.Topic)));

    public string Dot(string name)
    {
        var dot = new StringBuilder().Append("digraph ").Append(Quoted(name)).Append(" {\n  rankdir=LR;\n");
        foreach (var group in _groups)
            dot.Append("  ").Append(IdOf(group)).Append(" [shape=box, style=bold, label=").Append(Quoted(group)).Append("];\n");
        foreach (var topic in _topics)
            dot.Append("  ").Append(Quoted(topic)).Append(" [shape=").Append(_tables.Contains(topic) ? "cylinder" : "cds").Append("];\n");
        foreach (var (from, to, kind) in Arrows(IdOf, Quoted))
            dot.Append("  ").Append(from).Append(" -> ").Append(to).Append(" [label=").Append(Quoted(GraphDescription.Verb(kind))).Append("];\n");
        return dot.Append("}\n").ToString();
    }

    public string Mermaid()
    {
        // Mermaid's own words ("end", "graph") are not allowed as names of nodes.
        var mermaid = new StringBuilder("flowchart LR\n");
        for (var i = 0; i < _groups.Length; i++)
            mermaid.Append("  g").Append(i).Append("[\"").Append(_groups[i]).Append("\"]\n");
        for (var i = 0; i < _topics.Length; i++)
        {
            var (open, close) = _tables.Contains(_topics[i]) ? ("[(\"", "\")]") : ("([\"", "\"])");
            mermaid.Append("  t").Append(i).Append(open).Append(_topics[i]).Append(close).Append('\n');
        }

        foreach (var (from, to, kind) in Arrows(g => $"g{Array.IndexOf(_groups, g)}", t => $"t{Array.IndexOf(_topics, t)}"))
            mermaid.Append("  ").Append(from).Append(" -- ").Append(GraphDescription.Verb(kind)).Append(" --> ").Append(to).Append('\n');
        return mermaid.ToString();
    }

    IEnumerable<(string From, string To, EdgeKind Kind)> Arrows(Func<string, string> group, Func<string, string> topic)
    {
        foreach (var edge in _edges)
        {
            if (edge.Kind is EdgeKind.Input or EdgeKind.Join or EdgeKind.Lookup or EdgeKind.Loop)
                yield return (topic(edge.Topic), group(edge.Group), edge.Kind);
            if (edge.Kind is EdgeKind.Output or EdgeKind.Persist or EdgeKind.Loop)
                yield return (group(edge.Group), topic(edge.Topic), edge.Kind);
        }
    }

    // Groups are often called as one of their topics is.
    string IdOf(string group) => Quoted(_topics.Contains(group) ? $"group {group}" : group);

    static string Quoted(string name) => $"\"{name}\"";
}
