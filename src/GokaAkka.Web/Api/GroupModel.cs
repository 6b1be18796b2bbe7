using System.ComponentModel;
using GokaAkka.Web.Diagnosis;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Api;

/// <summary>A group with its partitions.</summary>
sealed record GroupModel(
    [property: Description("When the nodes were looked at")] DateTimeOffset At,
    GroupSummary Summary,
    [property: Description("What is wrong with it, the worst first")] IReadOnlyList<Problem> Problems,
    [property: Description("The nodes that run it, by address")] IReadOnlyDictionary<string, MemberModel> Members,
    [property: Description("Its partitions, by number")] IReadOnlyDictionary<string, PartitionModel> Partitions,
    [property: Description("What it reads and writes, in the graph's order")] IReadOnlyDictionary<string, EdgeModel> Edges,
    [property: Description("Changes of its assignment, the latest first")] IReadOnlyList<RebalanceModel> Rebalances)
{
    public static GroupModel Of(Picture picture, GroupAt group) => new(
        At: picture.Snapshot.At,
        Summary: picture.Groups.First(g => g.Name == group.Name),
        Problems: [.. picture.Problems.Where(p => p.Group == group.Name)],
        Members: group.Members.ToDictionary(static m => m.Node.Address, MemberModel.Of, StringComparer.Ordinal),
        Partitions: PartitionModel.Of(group, picture.Snapshot.At),
        Edges: EdgeModel.Of(group),
        Rebalances: RebalanceModel.Of(group));
}

/// <summary>A group's processor on a node.</summary>
sealed record MemberModel(
    string State,
    string? Error,
    [property: Description("How long ago its polling thread polled, in seconds")] double? PollAge,
    [property: Description("Inputs that are paused")] IReadOnlyList<string> Paused,
    int Partitions)
{
    public static MemberModel Of(MemberAt member) => new(
        State: member.Report.State,
        Error: member.Report.Error,
        PollAge: member.Report.PollAgeMs is { } age ? Math.Round(age / 1000, age < 1000 ? 1 : 0) : null,
        Paused: member.Report.Paused,
        Partitions: member.Report.Partitions.Count(static p => p is { Role: "active", State: not "Stopped" }));
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
sealed record EdgeModel(
    [property: Description("input, loop, output, persist, join, lookup or visitor")] string Kind,
    string Topic,
    [property: Description("The type of its values")] string Type,
    string Codec,
    [property: Description("Records a second; left out where they are not counted")] double? Rate = null,
    [property: Description("Bytes a second")] double? BytesRate = null,
    [property: Description("Records since the partitions came to their nodes")] long? Records = null,
    [property: Description("Records not done yet, of an input")] long? Lag = null,
    [property: Description("The time of the last record taken, of an input")] DateTimeOffset? LastTimestamp = null)
{
    public static Dictionary<string, EdgeModel> Of(GroupAt group)
    {
        var edges = new Dictionary<string, EdgeModel>(StringComparer.Ordinal);
        foreach (var edge in group.Edges)
        {
            var model = new EdgeModel(edge.Kind, edge.Topic, edge.Type, edge.Codec);
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
