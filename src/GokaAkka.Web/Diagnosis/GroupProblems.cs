using GokaAkka.Web.Monitoring;

namespace GokaAkka.Web.Diagnosis;

/// <summary>What may be wrong with a group.</summary>
static class GroupProblems
{
    // The polling thread polls every few milliseconds; a drain may keep it for a while.
    const double PollStalledMs = 30_000;

    const int ShownPartitions = 8;

    public static void Add(GroupAt group, GroupSummary summary, Snapshot snapshot, Histories histories, List<Problem> found)
    {
        foreach (var member in group.Members)
            AddMember(group, member, found);
        AddOwners(group, summary, snapshot, found);
        AddPartitions(group, summary, found);
        if (histories.Of(group.Name) is { } series)
            LagTrend.Add(group.Name, series, snapshot.At, summary.Paused > 0, found);
    }

    static void AddMember(GroupAt group, MemberAt member, List<Problem> found)
    {
        var (node, report) = (member.Node.Address, member.Report);
        if (report.State == "Failed")
        {
            found.Add(new Problem
            {
                Id = $"failed:{group.Name}:{node}", Severity = Verdict.Broken, Title = $"{group.Name} has failed on {Verdict.ShortNode(node)}", Detail = report.Error,
                Hint = "It does not start again by itself. Mend the cause that the error names, then start the node again.", Group = group.Name, Node = node,
            });
            return;
        }

        if (report.PollAgeMs > PollStalledMs)
        {
            found.Add(new Problem
            {
                Id = $"poll:{group.Name}:{node}", Severity = Verdict.Broken, Title = $"{group.Name} has stopped polling on {Verdict.ShortNode(node)}",
                Detail = $"The last poll was {report.PollAgeMs / 1000:#,0} s ago.",
                Hint = "A callback or a drain keeps it. When max.poll.interval.ms is over, Kafka takes its partitions away.", Group = group.Name, Node = node,
            });
        }

        foreach (var trouble in report.Troubles)
        {
            found.Add(new Problem
            {
                Id = $"trouble:{group.Name}:{node}:{trouble.What}", Severity = Verdict.Attention, Title = $"{group.Name}: {trouble.What}",
                Detail = trouble.Reason, Hint = "It is tried again until it succeeds.", Group = group.Name, Node = node, Since = trouble.Since,
            });
        }

        if (report.Paused.Count > 0)
        {
            found.Add(new Problem
            {
                Id = $"paused:{group.Name}:{node}", Severity = Verdict.Note, Title = $"{group.Name} is paused",
                Detail = $"Somebody has paused {string.Join(", ", report.Paused)} on {Verdict.ShortNode(node)}.", Hint = "Resume it on the group's page.", Group = group.Name, Node = node,
            });
        }
    }

    static void AddOwners(GroupAt group, GroupSummary summary, Snapshot snapshot, List<Problem> found)
    {
        // While one is on its way to the group, or does not answer, owners are expected to be missing.
        if (summary.Partitions == 0 || summary.State != "Running" || snapshot.Nodes.Any(static n => n.Silent is not null))
            return;
        var owners = group.Active.ToLookup(static a => a.Partition.Partition, static a => a.Member.Node.Address);
        var without = Enumerable.Range(0, summary.Partitions).Where(p => !owners.Contains(p)).ToList();
        if (without.Count > 0)
        {
            found.Add(new Problem
            {
                Id = $"orphans:{group.Name}", Severity = Verdict.Attention,
                Title = $"{group.Name}: {(without.Count == 1 ? $"partition {without[0]} is" : $"{without.Count} partitions are")} on no node shown here",
                Detail = $"Partitions {List(without)} are with nobody here.",
                Hint = "In a rebalance this passes. Else a member of the group runs outside of this cluster, or the group waits for one that is gone.", Group = group.Name,
            });
        }

        var twice = owners.Where(static o => o.Distinct().Count() > 1).Select(static o => o.Key).ToList();
        if (twice.Count > 0)
        {
            found.Add(new Problem
            {
                Id = $"twice:{group.Name}", Severity = Verdict.Attention, Title = $"{group.Name}: two nodes hold the same partition",
                Detail = $"Partitions {List(twice)}: {string.Join(", ", owners[twice[0]].Distinct().Select(Verdict.ShortNode))}.",
                Hint = "In a rebalance this passes. Else one of the nodes cannot hear Kafka; what it writes is refused or repeated.", Group = group.Name,
            });
        }
    }

    static void AddPartitions(GroupAt group, GroupSummary summary, List<Problem> found)
    {
        foreach (var (member, partition) in group.Active.Where(static a => a.Partition.State == "Restarting"))
        {
            found.Add(new Problem
            {
                Id = $"restarting:{group.Name}:{partition.Partition}", Severity = Verdict.Broken,
                Title = $"{group.Name}: partition {partition.Partition} has failed and will start again",
                Detail = partition.LastError is { } error ? $"{error} ({Times(partition.Restarts)} so far)" : $"{Times(partition.Restarts)} so far",
                Hint = "After too many restarts its processor fails. A record that always fails wants another error policy: skip or dead-letter.",
                Group = group.Name, Partition = partition.Partition, Node = member.Node.Address,
            });
        }

        if (summary.Restoring > 0)
        {
            var restoring = group.Active.Where(static a => a.Partition.State == "Restoring").Select(static a => a.Partition).ToList();
            found.Add(new Problem
            {
                Id = $"restoring:{group.Name}", Severity = Verdict.Attention,
                Title = $"{group.Name}: {(restoring.Count == 1 ? "1 partition is" : $"{restoring.Count} partitions are")} being restored",
                Detail = $"Partitions {List([.. restoring.Select(static p => p.Partition)])}; {restoring.Sum(static p => p.Remaining):#,0} changelog records to go.",
                Hint = "Their records wait until then.", Group = group.Name,
            });
        }

        foreach (var (member, partition) in group.Active)
        {
            if (partition.Misplaced > 0)
            {
                found.Add(new Problem
                {
                    Id = $"misplaced:{group.Name}", Severity = Verdict.Attention, Title = $"{group.Name}: keys are in other partitions than its partitioner says",
                    Detail = $"Partition {partition.Partition} has set {partition.Misplaced:#,0} values whose keys belong elsewhere.",
                    Hint = "Whoever writes the inputs uses another partitioner. Set goka.processor.partitioner to theirs, or queries of those keys find nothing.",
                    Group = group.Name, Partition = partition.Partition, Node = member.Node.Address,
                });
            }
        }
    }

    static string Times(int restarts) => restarts == 1 ? "1 restart" : $"{restarts} restarts";

    static string List(IReadOnlyList<int> partitions) =>
        string.Join(", ", partitions.Take(ShownPartitions)) + (partitions.Count > ShownPartitions ? $" and {partitions.Count - ShownPartitions} more" : "");
}
