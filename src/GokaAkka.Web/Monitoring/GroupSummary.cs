using System.ComponentModel;
using System.Text.Json.Serialization;
using GokaAkka.Inspection;

namespace GokaAkka.Web.Monitoring;

/// <summary>A group in one line.</summary>
sealed record GroupSummary(
    string Name,
    [property: Description("What it is at: the state that most needs to be seen, of those on all nodes")] string State,
    [property: Description("at-least-once or exactly-once")] string Delivery,
    [property: Description("Nodes that run it")] int Nodes,
    [property: Description("Partitions of its inputs and table; 0 until it is known")] int Partitions,
    [property: Description("Partitions that process records")] int Running,
    [property: Description("Partitions whose table is being restored")] int Restoring,
    [property: Description("Partitions that wait to be started again after a failure")] int Restarting,
    [property: Description("Records taken, a second")] double In,
    [property: Description("Records sent, a second, those of its table not among them")] double Out,
    [property: Description("Table records written, a second")] double Writes,
    [property: Description("Records not done yet")] long Lag,
    [property: Description("Inputs that are paused on some node")] int Paused,
    [property: Description("Records that failed and were passed over, on the nodes that have the partitions now")] long Skipped,
    [property: Description("Records that failed and were dead-lettered")] long DeadLetters,
    [property: JsonIgnore, Description("Records that have failed since the moment before")] long FailedNow,
    [property: Description("good, attention or broken")] string Health = "good")
{
    static readonly string[] WorstFirst = ["Failed", "Starting", "Setup", "Stopping", "Running", "Stopped"];

    public static GroupSummary Of(GroupAt group)
    {
        var table = TableOf(group.Edges);
        var active = group.Active.ToList();
        var sent = active
            .SelectMany(a => a.Partition.Outputs.Select(o => (IsTable: o.Topic == table, Rate: a.Member.RateOf(a.Partition, o))))
            .ToList();
        return new GroupSummary(
            Name: group.Name,
            State: WorstFirst.FirstOrDefault(s => group.Members.Any(m => m.Report.State == s)) ?? group.Members[0].Report.State,
            Delivery: group.Members[0].Report.Delivery,
            Nodes: group.Members.Count,
            Partitions: group.PartitionCount,
            Running: active.Count(static a => a.Partition.State == "Running"),
            Restoring: active.Count(static a => a.Partition.State == "Restoring"),
            Restarting: active.Count(static a => a.Partition.State == "Restarting"),
            In: Rounded(active.Sum(static a => a.Member.RateIn(a.Partition))),
            Out: Rounded(sent.Where(static s => !s.IsTable).Sum(static s => s.Rate)),
            Writes: Rounded(sent.Where(static s => s.IsTable).Sum(static s => s.Rate)),
            Lag: active.Sum(static a => a.Partition.Inputs.Sum(static i => i.Lag ?? 0)),
            Paused: group.Members.SelectMany(static m => m.Report.Paused).Distinct(StringComparer.Ordinal).Count(),
            Skipped: active.Sum(static a => a.Partition.Skipped),
            DeadLetters: active.Sum(static a => a.Partition.DeadLetters),
            FailedNow: active.Sum(static a => a.Member.Grown(a.Partition, static p => p.Skipped + p.DeadLetters)));
    }

    public static string? TableOf(IReadOnlyList<EdgeReport> edges) => edges.FirstOrDefault(static e => e.Kind == "persist")?.Topic;

    /// <summary>To three digits or so: what nobody reads is not sent.</summary>
    public static double Rounded(double rate) => rate >= 100 ? Math.Round(rate) : Math.Round(rate, 1);
}
