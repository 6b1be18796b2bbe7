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

    public static string Dot(GroupGraph graph) => GraphDrawing.Of(graph).Dot(graph.Group);

    public static string Mermaid(GroupGraph graph) => GraphDrawing.Of(graph).Mermaid();

    /// <summary>How an edge's kind is written.</summary>
    public static string Verb(EdgeKind kind) => kind.ToString().ToLowerInvariant();

    static string Details(Edge edge) => $" ({TypeNames.Short(edge.MessageType)}{(edge.CodecName == "none" ? "" : ", " + edge.CodecName)})";
}
