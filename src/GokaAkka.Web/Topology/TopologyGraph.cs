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
sealed class TopologyGraph
{
    readonly HashSet<Place> _places = [];
    readonly HashSet<Flow> _flows = [];
    readonly List<Place> _placesInOrder = [];
    readonly List<Flow> _flowsInOrder = [];
    readonly HashSet<string> _tables = new(StringComparer.Ordinal);

    TopologyGraph(Snapshot snapshot)
    {
        var groups = snapshot.Groups.Values.OrderBy(static g => g.Name, StringComparer.Ordinal).ToList();
        var views = snapshot.Nodes.SelectMany(static n => n.Views).Where(static v => v.LookedUpBy is null).Select(static v => v.Table).Order(StringComparer.Ordinal).ToList();
        _tables.UnionWith(views);
        _tables.UnionWith(groups.SelectMany(static g => g.Edges).Where(static e => e.Kind is "persist" or "join" or "lookup").Select(static e => e.Topic));
        foreach (var group in groups)
        {
            foreach (var edge in group.Edges)
                Add(new Place("group", group.Name), edge);
        }

        foreach (var table in views)
            Add(new Flow(TopicPlace(table), new Place("view", table), "view", null, table));
    }

    public IReadOnlyList<Place> Places => _placesInOrder;

    public IReadOnlyList<Flow> Flows => _flowsInOrder;

    /// <summary>The whole, or what is within two steps of a group.</summary>
    public static TopologyGraph Of(Snapshot snapshot, string? group)
    {
        var graph = new TopologyGraph(snapshot);
        if (group is not null)
            graph.KeepNear(new Place("group", group));
        return graph;
    }

    void Add(Place group, EdgeReport edge)
    {
        var topic = TopicPlace(edge.Topic);
        switch (edge.Kind)
        {
            case "input" or "join" or "lookup":
                Add(new Flow(topic, group, edge.Kind, group.Name, edge.Topic));
                break;
            case "loop":
                Add(new Flow(group, topic, edge.Kind, group.Name, edge.Topic));
                Add(new Flow(topic, group, edge.Kind, group.Name, edge.Topic));
                break;
            case "output" or "persist":
                Add(new Flow(group, topic, edge.Kind, group.Name, edge.Topic));
                break;
        }
    }

    void Add(Flow flow)
    {
        Add(flow.From);
        Add(flow.To);
        if (_flows.Add(flow))
            _flowsInOrder.Add(flow);
    }

    void Add(Place place)
    {
        if (_places.Add(place))
            _placesInOrder.Add(place);
    }

    Place TopicPlace(string topic) => new(_tables.Contains(topic) ? "table" : "stream", topic);

    void KeepNear(Place center)
    {
        HashSet<Place> near = [center];
        for (var step = 0; step < 2; step++)
        {
            foreach (var flow in _flowsInOrder.Where(f => near.Contains(f.From) || near.Contains(f.To)).ToList())
            {
                near.Add(flow.From);
                near.Add(flow.To);
            }
        }

        _placesInOrder.RemoveAll(p => !near.Contains(p));
        _flowsInOrder.RemoveAll(f => !near.Contains(f.From) || !near.Contains(f.To));
    }
}
