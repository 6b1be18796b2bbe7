using System.ComponentModel;
using GokaAkka.Inspection;
using GokaAkka.Web.Diagnosis;
using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Api;

/// <summary>A partition of a group, as the node that has it says, with its copies elsewhere.</summary>
sealed record PartitionModel(
    int Partition,
    [property: Description("good, attention or broken")] string Health,
    [property: Description("What it is at there, or Unowned")] string State,
    [property: Description("The node that has it; left out when none does")] string? Owner = null,
    [property: Description("The assignment it runs under")] int? Generation = null,
    [property: Description("Records taken, a second")] double? Rate = null,
    [property: Description("Records not done yet")] long? Lag = null,
    [property: Description("How often it has been started again")] int? Restarts = null,
    string? LastError = null,
    long? Processed = null,
    long? Skipped = null,
    long? DeadLetters = null,
    long? Retries = null,
    [property: Description("The restore at work; left out when there is none")] RestoreModel? Restore = null,
    [property: Description("Where it is in each input")] IReadOnlyList<PositionModel>? Inputs = null,
    [property: Description("The first changelog offset that readers may not see yet")] long? TableOffset = null,
    [property: Description("Copies of its table on other nodes")] IReadOnlyList<StandbyModel>? Standbys = null)
{
    public static Dictionary<string, PartitionModel> Of(GroupAt group, DateTimeOffset now)
    {
        var standbys = group.Members
            .SelectMany(static m => m.Report.Partitions.Where(static p => p.Role == "standby" && p.State != "Stopped").Select(p => (m.Node.Address, Partition: p)))
            .ToLookup(static s => s.Partition.Partition, static s => new StandbyModel(s.Address, s.Partition.State, s.Partition.Remaining));
        var active = group.Active.GroupBy(static a => a.Partition.Partition)
            // Of two nodes that both hold it, the later assignment is right.
            .ToDictionary(static a => a.Key, static a => a.MaxBy(static p => p.Partition.Generation));
        var count = Math.Max(group.PartitionCount, active.Count == 0 ? 0 : active.Keys.Max() + 1);
        return Enumerable.Range(0, count).ToDictionary(
            static p => p.ToString(CultureInfo.InvariantCulture),
            p => (active.TryGetValue(p, out var owner) ? Of(owner.Member, owner.Partition, now) : new PartitionModel(p, Verdict.Attention, "Unowned"))
                with { Standbys = standbys.Contains(p) ? [.. standbys[p]] : null });
    }

    static PartitionModel Of(MemberAt member, PartitionReport partition, DateTimeOffset now) => new(
        Partition: partition.Partition,
        Health: partition.State switch { "Running" => Verdict.Good, "Restarting" => Verdict.Broken, _ => Verdict.Attention },
        Owner: member.Node.Address,
        State: partition.State,
        Generation: partition.Generation,
        Rate: GroupSummary.Rounded(member.RateIn(partition)),
        Lag: partition.Inputs.Any(static i => i.Lag is not null) ? partition.Inputs.Sum(static i => i.Lag ?? 0) : null,
        Restarts: partition.Restarts,
        LastError: partition.LastError,
        Processed: partition.Processed,
        Skipped: partition.Skipped,
        DeadLetters: partition.DeadLetters,
        Retries: partition.Retries,
        Restore: partition.State == "Restoring" ? RestoreModel.Of(partition, now) : null,
        Inputs: [.. partition.Inputs.Select(static i => new PositionModel(i.Topic, i.DoneOffset, i.HighWatermark, i.Lag))],
        TableOffset: partition.TableOffset);
}

/// <summary>Where a partition is in an input.</summary>
sealed record PositionModel(
    string Topic,
    [property: Description("The watermark: everything before it is done")] long? Done,
    [property: Description("The offset behind the last record")] long? End,
    long? Lag);

/// <summary>A copy of a partition's table.</summary>
sealed record StandbyModel(string Node, string State, [property: Description("Changelog records it has still to read")] long Remaining);

/// <summary>How far a restore has come.</summary>
sealed record RestoreModel(
    [property: Description("Changelog records read")] long Restored,
    [property: Description("Changelog records still to be read, about")] long Remaining,
    [property: Description("Seconds until it is done, about; left out while it cannot be told")] double? Eta)
{
    public static RestoreModel Of(PartitionReport partition, DateTimeOffset now)
    {
        var seconds = partition.RestoreStarted is { } began ? (now - began).TotalSeconds : 0;
        return new RestoreModel(partition.Restored, partition.Remaining,
            seconds > 1 && partition.Restored > 0 ? Math.Round(partition.Remaining / (partition.Restored / seconds)) : null);
    }
}
