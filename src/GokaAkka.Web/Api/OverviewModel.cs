using System.ComponentModel;
using GokaAkka.Inspection;
using GokaAkka.Web.Diagnosis;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Api;

/// <summary>Everything at a glance.</summary>
sealed record OverviewModel(
    [property: Description("When the nodes were looked at")] DateTimeOffset At,
    [property: Description("good, attention or broken")] string Health,
    [property: Description("The same in a sentence")] string Headline,
    [property: Description("What is wrong, the worst first")] IReadOnlyList<Problem> Problems,
    TotalsModel Totals,
    [property: Description("The groups, by name")] IReadOnlyDictionary<string, GroupSummary> Groups,
    [property: Description("The views, by node and table")] IReadOnlyDictionary<string, ViewModel> Views,
    [property: Description("The nodes, by address")] IReadOnlyDictionary<string, NodeModel> Nodes,
    [property: Description("The last warnings and errors of all nodes' logs, the latest first")] IReadOnlyList<LogModel> Log)
{
    public static OverviewModel Of(Picture picture)
    {
        var groups = picture.Groups;
        return new OverviewModel(
            At: picture.Snapshot.At,
            Health: picture.Health,
            Headline: Headlines.Of(picture),
            Problems: picture.Problems,
            Totals: TotalsModel.Of(groups),
            Groups: groups.ToDictionary(static g => g.Name, StringComparer.Ordinal),
            Views: ViewModel.Of(picture.Snapshot.Nodes),
            Nodes: picture.Snapshot.Nodes.ToDictionary(static n => n.Address, n => NodeModel.Of(n, picture.Self), StringComparer.Ordinal),
            Log: LogModel.Of(picture.Snapshot.Nodes));
    }
}

/// <summary>A line of a node's log.</summary>
sealed record LogModel(DateTimeOffset At, string Node, [property: Description("warning or error")] string Level, string Source, string Text)
{
    const int Most = 20;

    public static IReadOnlyList<LogModel> Of(IReadOnlyList<NodeReport> nodes) =>
    [
        .. nodes.SelectMany(static n => n.Log.Take(Most).Select(l => new LogModel(l.At, n.Address, l.Level, l.Source, l.Text))).OrderByDescending(static l => l.At).Take(Most),
    ];
}

/// <summary>The sums over all groups.</summary>
sealed record TotalsModel(
    [property: Description("Records taken, a second")] double In,
    [property: Description("Records sent, a second, those of tables not among them")] double Out,
    [property: Description("Records not done yet")] long Lag,
    int Partitions,
    [property: Description("Partitions that process records")] int Running)
{
    public static TotalsModel Of(IReadOnlyList<GroupSummary> groups) => new(
        In: GroupSummary.Rounded(groups.Sum(static g => g.In)),
        Out: GroupSummary.Rounded(groups.Sum(static g => g.Out)),
        Lag: groups.Sum(static g => g.Lag),
        Partitions: groups.Sum(static g => g.Partitions),
        Running: groups.Sum(static g => g.Running));
}

/// <summary>A view on a node.</summary>
sealed record ViewModel(
    string Table,
    string Node,
    [property: Description("good, attention or broken")] string Health,
    string State,
    string? Error,
    [property: Description("The group that looks it up; left out for a view that the application has started")] string? LookedUpBy,
    int Partitions,
    [property: Description("Records still to be read")] long Remaining)
{
    public static Dictionary<string, ViewModel> Of(IReadOnlyList<NodeReport> nodes)
    {
        var views = new Dictionary<string, ViewModel>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            foreach (var view in node.Views)
            {
                var key = $"{node.Address} {view.Table}";
                // Several views of a table may be on one node.
                for (var more = 2; !views.TryAdd(key, Of(node, view)); more++)
                    key = $"{node.Address} {view.Table} {more}";
            }
        }

        return views;
    }

    static ViewModel Of(NodeReport node, ViewReport view) => new(
        Table: view.Table,
        Node: node.Address,
        Health: view.State switch { "Failed" => Verdict.Broken, "Reconnecting" => Verdict.Attention, _ => Verdict.Good },
        State: view.State,
        Error: view.Error,
        LookedUpBy: view.LookedUpBy,
        Partitions: view.Partitions.Count,
        Remaining: view.Partitions.Sum(static p => p.Remaining));
}

/// <summary>A node.</summary>
sealed record NodeModel(
    string Address,
    [property: Description("Its status in the cluster, or Single where there is none")] string Status,
    [property: Description("Why nothing else is known of it; left out when it has answered")] string? Silent,
    [property: Description("Whether it has answered this request")] bool IsSelf,
    IReadOnlyList<string> Roles,
    string Version,
    [property: Description("The cluster of brokers it talks to")] string Kafka,
    DateTimeOffset? Started,
    IReadOnlyList<string> Groups,
    [property: Description("Partitions that process records")] int Running)
{
    public static NodeModel Of(NodeReport node, string self) => new(
        Address: node.Address,
        Status: node.Status,
        Silent: node.Silent,
        IsSelf: node.Address == self,
        Roles: node.Roles,
        Version: node.Version,
        Kafka: node.Kafka,
        Started: node.Silent is null ? node.Started : null,
        Groups: [.. node.Groups.Select(static g => g.Group)],
        Running: node.Groups.Sum(static g => g.Partitions.Count(static p => p is { State: "Running", Role: "active" })));
}
