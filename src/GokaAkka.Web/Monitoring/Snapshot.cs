using GokaAkka.Inspection;

namespace GokaAkka.Web.Monitoring;

/// <summary>What all nodes have said at one moment, and the moment before it, which rates are made of. Never changed once it is made.</summary>
sealed class Snapshot
{
    readonly Dictionary<string, NodeReport> _before = new(StringComparer.Ordinal);

    public Snapshot(DateTimeOffset at, IReadOnlyList<NodeReport> nodes, IReadOnlyList<NodeReport> before)
    {
        At = at;
        Nodes = nodes;
        foreach (var node in before)
            _before[node.Address] = node;
        Groups = nodes.SelectMany(static n => n.Groups.Select(g => (Node: n, Group: g)))
            .GroupBy(static g => g.Group.Group, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, g => new GroupAt(g.Key, [.. g.Select(m => new MemberAt(m.Node, m.Group, Before(m.Node), SecondsOf(m.Node)))]), StringComparer.Ordinal);
    }

    public static Snapshot Empty { get; } = new(DateTimeOffset.MinValue, [], []);

    public DateTimeOffset At { get; }

    public IReadOnlyList<NodeReport> Nodes { get; }

    /// <summary>Every group, by name.</summary>
    public IReadOnlyDictionary<string, GroupAt> Groups { get; }

    NodeReport? Before(NodeReport node) =>
        // A node that was started again has begun to count again.
        _before.TryGetValue(node.Address, out var before) && before.Started == node.Started && before.At < node.At ? before : null;

    double SecondsOf(NodeReport node) => Before(node) is { } before ? (node.At - before.At).TotalSeconds : 0;
}

/// <summary>A group at the moment of a snapshot: its processors on all nodes.</summary>
sealed record GroupAt(string Name, IReadOnlyList<MemberAt> Members)
{
    /// <summary>Partitions that process or are about to, with the processor that has them.</summary>
    public IEnumerable<(MemberAt Member, PartitionReport Partition)> Active => Members.SelectMany(static m => m.Report.Partitions
        .Where(static p => p.Role == "active" && p.State != "Stopped").Select(p => (m, p)));

    /// <summary>The graph: the same on each node, but for a moment in which a new version is rolled out.</summary>
    public IReadOnlyList<EdgeReport> Edges => Members[0].Report.Edges;

    public int PartitionCount => Members.Max(static m => m.Report.PartitionCount);
}

/// <summary>A group's processor on one node.</summary>
sealed class MemberAt(NodeReport node, GroupReport report, NodeReport? before, double seconds)
{
    readonly GroupReport? _before = before?.Groups.FirstOrDefault(g => g.Group == report.Group);

    public NodeReport Node => node;

    /// <summary>Whether it was there the moment before, so that there are rates.</summary>
    public bool HasRates => _before is not null;

    public GroupReport Report => report;

    /// <summary>Records a second that a partition has taken.</summary>
    public double RateIn(PartitionReport partition) => partition.Inputs.Sum(i => RateOf(partition, i));

    public double RateOf(PartitionReport partition, InputReport input) =>
        Before(partition) is { } before ? Rate(input.Records, Find(before.Inputs, input.Topic, static i => i.Topic)?.Records) : 0;

    public double RateOf(PartitionReport partition, OutputReport output) =>
        Before(partition) is { } before ? Rate(output.Records, Find(before.Outputs, output.Topic, static o => o.Topic)?.Records ?? 0) : 0;

    public double BytesRateOf(PartitionReport partition, InputReport input) =>
        Before(partition) is { } before ? Rate(input.Bytes, Find(before.Inputs, input.Topic, static i => i.Topic)?.Bytes) : 0;

    public double BytesRateOf(PartitionReport partition, OutputReport output) =>
        Before(partition) is { } before ? Rate(output.Bytes, Find(before.Outputs, output.Topic, static o => o.Topic)?.Bytes ?? 0) : 0;

    /// <summary>By how much a partition's count has grown since the moment before.</summary>
    public long Grown(PartitionReport partition, Func<PartitionReport, long> count) =>
        Before(partition) is { } before ? Math.Max(0, count(partition) - count(before)) : 0;

    // A partition that has come just now has counted from 0, but not for all of the time.
    double Rate(long now, long? before) => before is { } was && now >= was && seconds > 0 ? (now - was) / seconds : 0;

    PartitionReport? Before(PartitionReport partition) =>
        _before is null ? null : Find(_before.Partitions, (partition.Partition, partition.Role), static p => (p.Partition, p.Role), partition.Partition);

    // What is looked for is where it was expected as a rule.
    static T? Find<T, TKey>(IReadOnlyList<T> among, TKey key, Func<T, TKey> keyOf, int expectedAt = 0) where T : class where TKey : IEquatable<TKey>
    {
        if (expectedAt < among.Count && keyOf(among[expectedAt]).Equals(key))
            return among[expectedAt];
        foreach (var one in among)
        {
            if (keyOf(one).Equals(key))
                return one;
        }

        return null;
    }
}
