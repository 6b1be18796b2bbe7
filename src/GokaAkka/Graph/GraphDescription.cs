using System.Text;

namespace GokaAkka.Graph;

/// <summary>A group graph as text for people, and as drawings in DOT (Graphviz) and Mermaid.</summary>
static class GraphDescription
{
    public static string Text(GroupGraph graph)
    {
        var text = new StringBuilder().Append("group ").Append(graph.Group).Append('\n');
        foreach (var edge in graph.AllEdges)
            text.Append("  ").Append(Verb(edge.Kind).PadRight(8)).Append(edge.Topic).Append(Details(edge)).Append('\n');
        return text.ToString();
    }

    public static string Dot(GroupGraph graph)
    {
        var dot = new StringBuilder().Append("digraph ").Append(Quoted(graph.Group)).Append(" {\n  rankdir=LR;\n");
        dot.Append("  ").Append(Quoted(graph.Group)).Append(" [shape=box, style=bold];\n");
        foreach (var topic in Nodes(graph))
            dot.Append("  ").Append(Quoted(topic.Topic)).Append(" [shape=").Append(IsTable(topic.Kind) ? "cylinder" : "cds").Append("];\n");
        foreach (var edge in graph.AllEdges)
        {
            foreach (var (from, to) in Arrows(graph, edge))
                dot.Append("  ").Append(Quoted(from)).Append(" -> ").Append(Quoted(to)).Append(" [label=").Append(Quoted(Verb(edge.Kind))).Append("];\n");
        }

        return dot.Append("}\n").ToString();
    }

    public static string Mermaid(GroupGraph graph)
    {
        var ids = new Dictionary<string, string>();
        var mermaid = new StringBuilder("flowchart LR\n");
        mermaid.Append("  ").Append(Id(graph.Group)).Append("[\"").Append(graph.Group).Append("\"]\n");
        foreach (var topic in Nodes(graph))
            mermaid.Append("  ").Append(Id(topic.Topic)).Append(IsTable(topic.Kind) ? "[(\"" : "([\"").Append(topic.Topic).Append(IsTable(topic.Kind) ? "\")]" : "\"])").Append('\n');
        foreach (var edge in graph.AllEdges)
        {
            foreach (var (from, to) in Arrows(graph, edge))
                mermaid.Append("  ").Append(Id(from)).Append(" -- ").Append(Verb(edge.Kind)).Append(" --> ").Append(Id(to)).Append('\n');
        }

        return mermaid.ToString();

        // Mermaid's own words ("end", "graph") are not allowed as names of nodes.
        string Id(string name) => ids.TryGetValue(name, out var id) ? id : ids[name] = $"n{ids.Count}";
    }

    static IEnumerable<Edge> Nodes(GroupGraph graph) => graph.AllEdges
        .Where(e => e.Kind != EdgeKind.Visitor && e.Topic != graph.Group)
        .DistinctBy(e => e.Topic);

    static IEnumerable<(string From, string To)> Arrows(GroupGraph graph, Edge edge) => edge.Kind switch
    {
        EdgeKind.Input or EdgeKind.Join or EdgeKind.Lookup => [(edge.Topic, graph.Group)],
        EdgeKind.Output or EdgeKind.Persist => [(graph.Group, edge.Topic)],
        EdgeKind.Loop => [(edge.Topic, graph.Group), (graph.Group, edge.Topic)],
        _ => [],
    };

    static bool IsTable(EdgeKind kind) => kind is EdgeKind.Persist or EdgeKind.Join or EdgeKind.Lookup;

    static string Verb(EdgeKind kind) => kind.ToString().ToLowerInvariant();

    static string Details(Edge edge) => $" ({TypeNames.Short(edge.MessageType)}{(edge.CodecName == "none" ? "" : ", " + edge.CodecName)})";

    static string Quoted(string name) => $"\"{name}\"";
}
