using System.Collections.Concurrent;
using GokaAkka.Web.Diagnosis;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Topology;

/// <summary>Makes the drawing of a topology, and keeps the drawings of those it was asked for last. Safe for concurrent use.</summary>
sealed class TopologyMaker
{
    const int MostDrawings = 16;
    const double BoxHeight = 46;

    readonly ConcurrentDictionary<string, Drawing> _drawings = new(StringComparer.Ordinal);

    /// <param name="picture">What is seen.</param>
    /// <param name="group">The group to draw with its neighbours; null for all.</param>
    public TopologyModel Make(Picture picture, string? group)
    {
        var graph = TopologyGraph.Of(picture.Snapshot, group);
        var drawing = Draw(graph);
        var summaries = picture.Groups.ToDictionary(static g => g.Name, StringComparer.Ordinal);
        return new TopologyModel
        {
            At = picture.Snapshot.At,
            Width = Math.Ceiling(drawing.Width),
            Height = Math.Ceiling(drawing.Height),
            Places = graph.Places.ToDictionary(static p => p.Id, p => Model(p, drawing, summaries), StringComparer.Ordinal),
            Flows = graph.Flows.ToDictionary(static f => f.Id, f => Model(f, drawing, picture), StringComparer.Ordinal),
        };
    }

    Drawing Draw(TopologyGraph graph)
    {
        var shape = string.Join('\n', graph.Places.Select(static p => p.Id).Concat(graph.Flows.Select(static f => f.Id)));
        if (_drawings.TryGetValue(shape, out var known))
            return known;
        var drawing = LayeredLayout.Place(
            [.. graph.Places.Select(static p => new Box(p.Id, WidthOf(p.Name), BoxHeight))], [.. graph.Flows.Select(static f => new Link(f.Id, f.From.Id, f.To.Id))]);
        if (_drawings.Count >= MostDrawings)
            _drawings.Clear();
        return _drawings[shape] = drawing;
    }

    // As wide as the name is about, within bounds; a longer one is cut on the page.
    static double WidthOf(string name) => Math.Clamp((name.Length * 7.4) + 30, 112, 240);

    static PlaceModel Model(Place place, Drawing drawing, Dictionary<string, GroupSummary> groups)
    {
        var spot = drawing.Boxes[place.Id];
        var summary = place.Kind == "group" ? groups.GetValueOrDefault(place.Name) : null;
        return new PlaceModel
        {
            Kind = place.Kind,
            Name = place.Name,
            X = Math.Round(spot.X),
            Y = Math.Round(spot.Y),
            Width = Math.Round(WidthOf(place.Name)),
            Height = BoxHeight,
            Health = summary?.Health ?? (place.Kind == "group" ? Verdict.Attention : null),
            State = summary?.State,
            Partitions = summary?.Partitions,
            Lag = summary?.Lag,
        };
    }

    static FlowModel Model(Flow flow, Drawing drawing, Picture picture) => new()
    {
        From = flow.From.Id,
        To = flow.To.Id,
        Kind = flow.Kind,
        Rate = RateOf(flow, picture.Snapshot),
        Points = [.. drawing.Links[flow.Id].SelectMany(static s => new[] { Math.Round(s.X, 1), Math.Round(s.Y, 1) })],
    };

    static double? RateOf(Flow flow, Snapshot snapshot)
    {
        if (flow.Group is null || !snapshot.Groups.TryGetValue(flow.Group, out var group) || flow.Kind is "join" or "lookup")
            return null;
        var rate = 0.0;
        foreach (var (member, partition) in group.Active)
        {
            if (flow.To.Kind == "group")
            {
                foreach (var input in partition.Inputs)
                    rate += input.Topic == flow.Topic ? member.RateOf(partition, input) : 0;
            }
            else
            {
                foreach (var output in partition.Outputs)
                    rate += output.Topic == flow.Topic ? member.RateOf(partition, output) : 0;
            }
        }

        return GroupSummary.Rounded(rate);
    }
}
