using System.ComponentModel;
using GokaAkka.Inspection;
using GokaAkka.Web.Diagnosis;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Api;

/// <summary>Everything at a glance.</summary>
sealed record OverviewModel
{
    [Description("When the nodes were looked at")]
    public required DateTimeOffset At { get; init; }

    [Description("good, attention or broken")]
    public required string Health { get; init; }

    [Description("The same in a sentence")]
    public required string Headline { get; init; }

    [Description("What is wrong, the worst first")]
    public required IReadOnlyList<Problem> Problems { get; init; }

    public required TotalsModel Totals { get; init; }

    [Description("The groups, by name")]
    public required IReadOnlyDictionary<string, GroupSummary> Groups { get; init; }

    [Description("The views, by node and table")]
    public required IReadOnlyDictionary<string, ViewModel> Views { get; init; }

    [Description("The nodes, by address")]
    public required IReadOnlyDictionary<string, NodeModel> Nodes { get; init; }

    [Description("The last warnings and errors of all nodes' logs, the latest first")]
    public required IReadOnlyList<LogModel> Log { get; init; }

    public static OverviewModel Of(Picture picture)
    {
        var groups = picture.Groups;
        return new OverviewModel
        {
            At = picture.Snapshot.At,
            Health = picture.Health,
            Headline = Headlines.Of(picture),
            Problems = picture.Problems,
            Totals = TotalsModel.Of(groups),
            Groups = groups.ToDictionary(static g => g.Name, StringComparer.Ordinal),
            Views = ViewModel.Of(picture.Snapshot.Nodes),
            Nodes = picture.Snapshot.Nodes.ToDictionary(static n => n.Address, n => NodeModel.Of(n, picture.Self), StringComparer.Ordinal),
            Log = LogModel.Of(picture.Snapshot.Nodes),
        };
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
sealed record TotalsModel
{
    [Description("Records taken, a second")]
    public required double In { get; init; }

    [Description("Records sent, a second, those of tables not among them")]
    public required double Out { get; init; }

    [Description("Records not done yet")]
    public required long Lag { get; init; }

    public required int Partitions { get; init; }

    [Description("Partitions that process records")]
    public required int Running { get; init; }

    public static TotalsModel Of(IReadOnlyList<GroupSummary> groups) => new()
    {
        In = GroupSummary.Rounded(groups.Sum(static g => g.In)),
        Out = GroupSummary.Rounded(groups.Sum(static g => g.Out)),
        Lag = groups.Sum(static g => g.Lag),
        Partitions = groups.Sum(static g => g.Partitions),
        Running = groups.Sum(static g => g.Running),
    };
}

/// <summary>A view on a node.</summary>
sealed record ViewModel
{
    public required string Table { get; init; }

    public required string Node { get; init; }

    [Description("good, attention or broken")]
    public required string Health { get; init; }

    public required string State { get; init; }

    public string? Error { get; init; }

    [Description("The group that looks it up; left out for a view that the application has started")]
    public string? LookedUpBy { get; init; }

    public required int Partitions { get; init; }

    [Description("Records still to be read")]
    public required long Remaining { get; init; }

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

    static ViewModel Of(NodeReport node, ViewReport view) => new()
    {
        Table = view.Table,
        Node = node.Address,
        Health = view.State switch { "Failed" => Verdict.Broken, "Reconnecting" => Verdict.Attention, _ => Verdict.Good },
        State = view.State,
        Error = view.Error,
        LookedUpBy = view.LookedUpBy,
        Partitions = view.Partitions.Count,
        Remaining = view.Partitions.Sum(static p => p.Remaining),
    };
}

/// <summary>A node.</summary>
sealed record NodeModel
{
    public required string Address { get; init; }

    [Description("Its status in the cluster, or Single where there is none")]
    public required string Status { get; init; }

    [Description("Why nothing else is known of it; left out when it has answered")]
    public string? Silent { get; init; }

    [Description("Whether it has answered this request")]
    public required bool IsSelf { get; init; }

    public required IReadOnlyList<string> Roles { get; init; }

    public required string Version { get; init; }

    [Description("The cluster of brokers it talks to")]
    public required string Kafka { get; init; }

    public DateTimeOffset? Started { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    [Description("Partitions that process records")]
    public required int Running { get; init; }

    public static NodeModel Of(NodeReport node, string self) => new()
    {
        Address = node.Address,
        Status = node.Status,
        Silent = node.Silent,
        IsSelf = node.Address == self,
        Roles = node.Roles,
        Version = node.Version,
        Kafka = node.Kafka,
        Started = node.Silent is null ? node.Started : null,
        Groups = [.. node.Groups.Select(static g => g.Group)],
        Running = node.Groups.Sum(static g => g.Partitions.Count(static p => p is { State: "Running", Role: "active" })),
    };
}
