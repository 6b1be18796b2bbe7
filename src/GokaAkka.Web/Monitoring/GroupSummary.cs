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
        var (running, restoring, restarting) = (0, 0, 0);
        double taken = 0, sent = 0, writes = 0;
        long lag = 0, skipped = 0, dead = 0, failed = 0;
        foreach (var (member, partition) in group.Active)
        {
            running += partition.State == "Running" ? 1 : 0;
            restoring += partition.State == "Restoring" ? 1 : 0;
            restarting += partition.State == "Restarting" ? 1 : 0;
            taken += member.RateIn(partition);
            foreach (var output in partition.Outputs)
            {
                var rate = member.RateOf(partition, output);
                if (output.Topic == table)
                    writes += rate;
                else
                    sent += rate;
            }

            foreach (var input in partition.Inputs)
                lag += input.Lag ?? 0;
            skipped += partition.Skipped;
            dead += partition.DeadLetters;
            failed += member.Grown(partition, static p => p.Skipped + p.DeadLetters);
        }

        return new GroupSummary(
            Name: group.Name,
            State: WorstFirst.FirstOrDefault(s => group.Members.Any(m => m.Report.State == s)) ?? group.Members[0].Report.State,
            Delivery: group.Members[0].Report.Delivery,
            Nodes: group.Members.Count,
            Partitions: group.PartitionCount,
            Running: running,
            Restoring: restoring,
            Restarting: restarting,
            In: Rounded(taken),
            Out: Rounded(sent),
            Writes: Rounded(writes),
            Lag: lag,
            Paused: group.Members.SelectMany(static m => m.Report.Paused).Distinct(StringComparer.Ordinal).Count(),
            Skipped: skipped,
            DeadLetters: dead,
            FailedNow: failed);
    }

    public static string? TableOf(IReadOnlyList<EdgeReport> edges) => edges.FirstOrDefault(static e => e.Kind == "persist")?.Topic;

    /// <summary>To three digits or so: what nobody reads is not sent.</summary>
    public static double Rounded(double rate) => rate >= 100 ? Math.Round(rate) : Math.Round(rate, 1);
}
