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
        var inputs = group.Active
            .SelectMany(a => a.Partition.Inputs.Select(i => (a.Member, a.Partition, Input: i)))
            .Where(i => i.Input.Topic == topic).ToList();
        return model with
        {
            Rate = GroupSummary.Rounded(inputs.Sum(static i => i.Member.RateOf(i.Partition, i.Input))),
            BytesRate = GroupSummary.Rounded(inputs.Sum(static i => i.Member.BytesRateOf(i.Partition, i.Input))),
            Records = inputs.Sum(static i => i.Input.Records),
            Lag = inputs.Sum(static i => i.Input.Lag ?? 0),
            LastTimestamp = inputs.Max(static i => i.Input.LastTimestamp),
        };
    }

    static EdgeModel Output(GroupAt group, string topic, EdgeModel model)
    {
        var outputs = group.Active
            .SelectMany(a => a.Partition.Outputs.Select(o => (a.Member, a.Partition, Output: o)))
            .Where(o => o.Output.Topic == topic).ToList();
        return model with
        {
            Rate = GroupSummary.Rounded(outputs.Sum(static o => o.Member.RateOf(o.Partition, o.Output))),
            BytesRate = GroupSummary.Rounded(outputs.Sum(static o => o.Member.BytesRateOf(o.Partition, o.Output))),
            Records = outputs.Sum(static o => o.Output.Records),
        };
    }
}
