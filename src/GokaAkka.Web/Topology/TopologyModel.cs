using System.ComponentModel;
using GokaAkka.Web.Diagnosis;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Topology;

/// <summary>The topology: what there is and what is connected, drawn by the page.</summary>
sealed record TopologyModel(
    [property: Description("When the nodes were looked at")] DateTimeOffset At,
    [property: Description("Streams, groups, tables and views, by kind and name")] IReadOnlyDictionary<string, PlaceModel> Places,
    [property: Description("How records go from one to another")] IReadOnlyDictionary<string, FlowModel> Flows)
{
    /// <param name="picture">What is seen.</param>
    /// <param name="group">The group to show with its neighbours; null for all.</param>
    public static TopologyModel Of(Picture picture, string? group)
    {
        var graph = TopologyGraph.Of(picture.Snapshot, group);
        var summaries = picture.Groups.ToDictionary(static g => g.Name, StringComparer.Ordinal);
        return new TopologyModel(
            picture.Snapshot.At,
            graph.Places.ToDictionary(static p => p.Id, p => PlaceModel.Of(p, summaries), StringComparer.Ordinal),
            graph.Flows.ToDictionary(static f => f.Id, f => new FlowModel(f.From.Id, f.To.Id, f.Kind, RateOf(f, picture.Snapshot)), StringComparer.Ordinal));
    }

    static double? RateOf(Flow flow, Snapshot snapshot)
    {
        if (flow.Group is null || !snapshot.Groups.TryGetValue(flow.Group, out var group) || flow.Kind is "join" or "lookup")
            return null;
        return GroupSummary.Rounded(group.Active.Sum(a => flow.To.Kind == "group"
            ? a.Partition.Inputs.Where(i => i.Topic == flow.Topic).Sum(i => a.Member.RateOf(a.Partition, i))
            : a.Partition.Outputs.Where(o => o.Topic == flow.Topic).Sum(o => a.Member.RateOf(a.Partition, o))));
    }
}

/// <summary>A stream, group, table or view.</summary>
sealed record PlaceModel(
    [property: Description("stream, group, table or view")] string Kind,
    string Name,
    [property: Description("good, attention or broken, of a group")] string? Health,
    string? State,
    int? Partitions,
    [property: Description("Records not done yet, of a group")] long? Lag)
{
    public static PlaceModel Of(Place place, IReadOnlyDictionary<string, GroupSummary> groups)
    {
        var summary = place.Kind == "group" ? groups.GetValueOrDefault(place.Name) : null;
        return new PlaceModel(place.Kind, place.Name, summary?.Health ?? (place.Kind == "group" ? Verdict.Attention : null), summary?.State, summary?.Partitions, summary?.Lag);
    }
}

/// <summary>How records go from one place to another.</summary>
sealed record FlowModel(
    [property: Description("The place it leads from")] string From,
    [property: Description("The place it leads to")] string To,
    [property: Description("input, loop, output, persist, join, lookup or view")] string Kind,
    [property: Description("Records a second; left out where they are not counted")] double? Rate);
