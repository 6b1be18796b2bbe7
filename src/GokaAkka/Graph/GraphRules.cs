namespace GokaAkka.Graph;

/// <summary>The conditions a group graph must meet, goka's among them; all problems are reported at once, where goka stops at the first.</summary>
static class GraphRules
{
    // Kafka's own limits on topic names; a name outside them can never exist.
    const int LongestName = 249;

    public static List<string> Check(string group, string table, string loop, IReadOnlyList<Edge> edges)
    {
        var problems = new List<string>();
        if (group.Length == 0)
            problems.Add("The group's name is empty; give the consumer group's id.");
        else if (NameProblem(group) is { } problem)
            problems.Add($"The group's name '{group}' {problem}.");
        foreach (var kind in new[] { EdgeKind.Persist, EdgeKind.Loop })
        {
            var count = edges.Count(e => e.Kind == kind);
            if (count > 1)
                problems.Add($"There are {count} {kind} edges; a group has at most one {(kind == EdgeKind.Persist ? "group table" : "loop stream")}.");
        }

        if (edges.All(e => e.Kind != EdgeKind.Input))
            problems.Add("There is no Input edge; a group consumes at least one input stream (the loop is not one).");
        CheckTopics(table, loop, edges, problems);
        if (edges.Any(e => e.Kind == EdgeKind.Visitor) && edges.All(e => e.Kind != EdgeKind.Persist))
            problems.Add("There is a Visitor edge but no Persist edge; visitors walk over the group table, which a stateless group does not have.");
        return problems;
    }

    static void CheckTopics(string table, string loop, IReadOnlyList<Edge> edges, List<string> problems)
    {
        foreach (var edge in edges)
        {
            if (edge.CodecName == "none" && edge.Kind != EdgeKind.Visitor)
                problems.Add($"{edge.Kind} '{edge.Topic}' has no codec.");
            if (edge.Kind is EdgeKind.Persist or EdgeKind.Loop or EdgeKind.Visitor)
                continue;
            if (edge.Topic == loop)
                problems.Add($"{edge.Kind} '{edge.Topic}' is the group's own loop stream; consume it with Loop and write to it with Loopback.");
            else if (edge.Topic == table)
                problems.Add($"{edge.Kind} '{edge.Topic}' is the group's own table; declare it with Persist and write to it with SetValue.");
            else if (NameProblem(edge.Topic) is { } problem)
                problems.Add($"{edge.Kind} topic '{edge.Topic}' {problem}.");
        }

        foreach (var topic in Repeated(edges, EdgeKind.Input))
            problems.Add($"Input '{topic}' is there twice; a topic has exactly one callback per group.");
        foreach (var kind in new[] { EdgeKind.Output, EdgeKind.Join, EdgeKind.Lookup, EdgeKind.Visitor })
        {
            foreach (var topic in Repeated(edges, kind))
                problems.Add($"{kind} '{topic}' is there twice.");
        }
    }

    static IEnumerable<string> Repeated(IReadOnlyList<Edge> edges, EdgeKind kind) =>
        edges.Where(e => e.Kind == kind).GroupBy(e => e.Topic).Where(g => g.Count() > 1).Select(g => g.Key);

    /// <summary>What keeps a topic from having this name, or null.</summary>
    public static string? NameProblem(string name)
    {
        if (name.Length == 0)
            return "is empty";
        if (name is "." or "..")
            return "is not a legal topic name";
        if (name.Length > LongestName)
            return $"has {name.Length} characters; Kafka allows {LongestName}";
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                return $"contains '{c}'; Kafka allows letters, digits, '.', '_' and '-'";
        }

        return null;
    }
}
