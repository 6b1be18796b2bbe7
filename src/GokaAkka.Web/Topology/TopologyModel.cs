using System.ComponentModel;

namespace GokaAkka.Web.Topology;

/// <summary>The topology and its drawing.</summary>
sealed record TopologyModel
{
    [Description("When the nodes were looked at")]
    public required DateTimeOffset At { get; init; }

    [Description("Of the drawing, in the unit of all its measures")]
    public required double Width { get; init; }

    public required double Height { get; init; }

    [Description("Streams, groups, tables and views, by kind and name")]
    public required IReadOnlyDictionary<string, PlaceModel> Places { get; init; }

    [Description("How records go from one to another")]
    public required IReadOnlyDictionary<string, FlowModel> Flows { get; init; }
}

/// <summary>A stream, group, table or view.</summary>
sealed record PlaceModel
{
    [Description("stream, group, table or view")]
    public required string Kind { get; init; }

    public required string Name { get; init; }

    [Description("Its left side")]
    public required double X { get; init; }

    [Description("Its upper side")]
    public required double Y { get; init; }

    public required double Width { get; init; }

    public required double Height { get; init; }

    [Description("good, attention or broken, of a group")]
    public string? Health { get; init; }

    public string? State { get; init; }

    public int? Partitions { get; init; }

    [Description("Records not done yet, of a group")]
    public long? Lag { get; init; }
}

/// <summary>How records go from one place to another.</summary>
sealed record FlowModel
{
    [Description("The place it leads from")]
    public required string From { get; init; }

    [Description("The place it leads to")]
    public required string To { get; init; }

    [Description("input, loop, output, persist, join, lookup or view")]
    public required string Kind { get; init; }

    [Description("Records a second; left out where they are not counted")]
    public double? Rate { get; init; }

    [Description("The spots it leads through: x and y in turn")]
    public required IReadOnlyList<double> Points { get; init; }
}
