using System.ComponentModel;
using GokaAkka.Inspection;
using GokaAkka.Web.Diagnosis;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Api;

/// <summary>A group with its partitions.</summary>
sealed record GroupModel
{
    [Description("When the nodes were looked at")]
    public required DateTimeOffset At { get; init; }

    public required GroupSummary Summary { get; init; }

    [Description("What is wrong with it, the worst first")]
    public required IReadOnlyList<Problem> Problems { get; init; }

    [Description("The nodes that run it, by address")]
    public required IReadOnlyDictionary<string, MemberModel> Members { get; init; }

    [Description("Its partitions, by number")]
    public required IReadOnlyDictionary<string, PartitionModel> Partitions { get; init; }

    [Description("What it reads and writes, in the graph's order")]
    public required IReadOnlyDictionary<string, EdgeModel> Edges { get; init; }

    [Description("Changes of its assignment, the latest first")]
    public required IReadOnlyList<RebalanceModel> Rebalances { get; init; }

    public static GroupModel Of(Picture picture, GroupAt group) => new()
    {
        At = picture.Snapshot.At,
        Summary = picture.Groups.First(g => g.Name == group.Name),
        Problems = [.. picture.Problems.Where(p => p.Group == group.Name)],
        Members = group.Members.ToDictionary(static m => m.Node.Address, MemberModel.Of, StringComparer.Ordinal),
        Partitions = PartitionModel.Of(group, picture.Snapshot.At),
        Edges = EdgeModel.Of(group),
        Rebalances = RebalanceModel.Of(group),
    };
}

/// <summary>A group's processor on a node.</summary>
sealed record MemberModel
{
    public required string State { get; init; }

    public string? Error { get; init; }

    [Description("How long ago its polling thread polled, in seconds")]
    public double? PollAge { get; init; }

    [Description("Inputs that are paused")]
    public required IReadOnlyList<string> Paused { get; init; }

    public required int Partitions { get; init; }

    public static MemberModel Of(MemberAt member) => new()
    {
        State = member.Report.State,
        Error = member.Report.Error,
        PollAge = member.Report.PollAgeMs is { } age ? Math.Round(age / 1000, age < 1000 ? 1 : 0) : null,
        Paused = member.Report.Paused,
        Partitions = member.Report.Partitions.Count(static p => p is { Role: "active", State: not "Stopped" }),
    };
}

/// <summary>A change of a group's assignment.</summary>
sealed record RebalanceModel(
    DateTimeOffset At, string Node, [property: Description("assigned, revoked or lost")] string Kind, IReadOnlyList<int> Partitions)
{
    const int Most = 50;

    public static IReadOnlyList<RebalanceModel> Of(GroupAt group) =>
    [
        .. group.Members.SelectMany(static m => m.Report.Rebalances.Select(r => new RebalanceModel(r.At, m.Node.Address, r.Kind, r.Partitions)))
            .OrderByDescending(static r => r.At).Take(Most),
    ];
}

/// <summary>Something a group reads or writes.</summary>
sealed record EdgeModel
{
    [Description("input, loop, output, persist, join, lookup or visitor")]
    public required string Kind { get; init; }

    public required string Topic { get; init; }

    [Description("The type of its values")]
    public required string Type { get; init; }

    public required string Codec { get; init; }

    [Description("Records a second; left out where they are not counted")]
    public double? Rate { get; init; }

    [Description("Bytes a second")]
    public double? BytesRate { get; init; }

    [Description("Records since the partitions came to their nodes")]
    public long? Records { get; init; }

    [Description("Records not done yet, of an input")]
    public long? Lag { get; init; }

    [Description("The time of the last record taken, of an input")]
    public DateTimeOffset? LastTimestamp { get; init; }

    public static Dictionary<string, EdgeModel> Of(GroupAt group)
    {
        var edges = new Dictionary<string, EdgeModel>(StringComparer.Ordinal);
        foreach (var edge in group.Edges)
        {
            var model = new EdgeModel { Kind = edge.Kind, Topic = edge.Topic, Type = edge.Type, Codec = edge.Codec };
            edges[$"{edge.Kind} {edge.Topic}"] = edge.Kind switch
            {
                "input" or "loop" => Input(group, edge.Topic, model),
                "output" or "persist" => Output(group, edge.Topic, model),
                _ => model,
            };
        }

        return edges;
    }

    static EdgeModel Input(GroupAt group, string topic, EdgeModel model)
    {
        var (rate, bytes, records, lag, last) = (0.0, 0.0, 0L, 0L, null as DateTimeOffset?);
        foreach (var (member, partition) in group.Active)
        {
            if (partition.Inputs.FirstOrDefault(i => i.Topic == topic) is not { } input)
                continue;
            rate += member.RateOf(partition, input);
            bytes += member.BytesRateOf(partition, input);
            records += input.Records;
            lag += input.Lag ?? 0;
            last = input.LastTimestamp is { } at && (last is null || at > last) ? at : last;
        }

        return model with { Rate = GroupSummary.Rounded(rate), BytesRate = GroupSummary.Rounded(bytes), Records = records, Lag = lag, LastTimestamp = last };
    }

    static EdgeModel Output(GroupAt group, string topic, EdgeModel model)
    {
        var (rate, bytes, records) = (0.0, 0.0, 0L);
        foreach (var (member, partition) in group.Active)
        {
            if (partition.Outputs.FirstOrDefault(o => o.Topic == topic) is not { } output)
                continue;
            rate += member.RateOf(partition, output);
            bytes += member.BytesRateOf(partition, output);
            records += output.Records;
        }

        return model with { Rate = GroupSummary.Rounded(rate), BytesRate = GroupSummary.Rounded(bytes), Records = records };
    }
}
