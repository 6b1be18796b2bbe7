using GokaAkka.Inspection;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Topology;

/// <summary>A node of the topology.</summary>
/// <param name="Kind">stream, group, table or view.</param>
/// <param name="Name">The topic, group or table.</param>
readonly record struct Place(string Kind, string Name)
{
    public string Id => $"{Kind}:{Name}";
}

/// <summary>How records go from one to another.</summary>
/// <param name="From">Where they come from.</param>
/// <param name="To">Where they go.</param>
/// <param name="Kind">input, loop, output, persist, join, lookup or view.</param>
/// <param name="Group">The group whose edge it is; null for a view's.</param>
/// <param name="Topic">The topic whose records go there.</param>
readonly record struct Flow(Place From, Place To, string Kind, string? Group, string Topic)
{
    public string Id => $"{From.Id}>{To.Id}:{Kind}";
}

/// <summary>What is connected with what: every group's graph, joined where they share a topic, and the views.</summary>
sealed record TopologyGraph(IReadOnlyList<Flow> Flows)
{
    public IEnumerable<Place> Places => Flows.SelectMany(static f => new[] { f.From, f.To }).Distinct();

    /// <summary>The whole, or what is within two steps of a group.</summary>
    public static TopologyGraph Of(Snapshot snapshot, string? group)
    {
        var groups = snapshot.Groups.Values.OrderBy(static g => g.Name, StringComparer.Ordinal).ToList();
        var views = snapshot.Nodes.SelectMany(static n => n.Views).Where(static v => v.LookedUpBy is null).Select(static v => v.Table).Order(StringComparer.Ordinal).ToList();
        var tables = groups.SelectMany(static g => g.Edges).Where(static e => e.Kind is "persist" or "join" or "lookup").Select(static e => e.Topic)
            .Concat(views).ToHashSet(StringComparer.Ordinal);
        var flows = groups.SelectMany(g => g.Edges.SelectMany(e => FlowsOf(new Place("group", g.Name), TopicPlace(e.Topic), e)))
            .Concat(views.Select(v => new Flow(TopicPlace(v), new Place("view", v), "view", null, v))).Distinct().ToList();
        return new TopologyGraph(group is null ? flows : Near(new Place("group", group), flows));

        Place TopicPlace(string topic) => new(tables.Contains(topic) ? "table" : "stream", topic);
    }

    static IEnumerable<Flow> FlowsOf(Place group, Place topic, EdgeReport edge)
    {
        if (edge.Kind is "loop" or "output" or "persist")
            yield return new Flow(group, topic, edge.Kind, group.Name, edge.Topic);
        if (edge.Kind is "loop" or "input" or "join" or "lookup")
            yield return new Flow(topic, group, edge.Kind, group.Name, edge.Topic);
    }

    static List<Flow> Near(Place center, List<Flow> flows)
    {
        HashSet<Place> near = [center];
        for (var step = 0; step < 2; step++)
            near.UnionWith(flows.Where(f => near.Contains(f.From) || near.Contains(f.To)).SelectMany(static f => new[] { f.From, f.To }).ToList());
        return flows.FindAll(f => near.Contains(f.From) && near.Contains(f.To));
    }
}
