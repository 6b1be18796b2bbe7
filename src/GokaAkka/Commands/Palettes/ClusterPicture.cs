using GokaAkka.Inspection;

namespace GokaAkka.Commands.Palettes;

/// <summary>The reports of all nodes, as palettes look at them.</summary>
sealed class ClusterPicture(IReadOnlyList<NodeReport> nodes)
{
    public IReadOnlyList<NodeReport> Nodes => nodes;

    public static async Task<ClusterPicture> Take(Goka goka, CancellationToken cancellation) =>
        new(await goka.Inspector.DescribeCluster(cancellation).ConfigureAwait(false));

    /// <summary>A command that shows what all nodes tell, and at its end which of them are missing.</summary>
    public static Func<CommandCall, Task> Shown(Func<CommandCall, ClusterPicture, Task> show) => async call =>
    {
        var picture = await Take(call.Goka, call.Cancellation).ConfigureAwait(false);
        await show(call, picture).ConfigureAwait(false);
        await picture.NoteSilence(call).ConfigureAwait(false);
    };

    /// <summary>Names of what nodes have, for completion.</summary>
    public static Func<Goka, CancellationToken, Task<IReadOnlyList<string>>> Names(
        Func<ClusterPicture, IEnumerable<string>> of) =>
        async (goka, cancellation) => [.. of(await Take(goka, cancellation).ConfigureAwait(false)).Distinct()];

    public IReadOnlyList<string> Groups => [.. nodes.SelectMany(static n => n.Groups).Select(static g => g.Group).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>A group on each node that runs it or has run it.</summary>
    /// <exception cref="CommandException">There is no such group.</exception>
    public IReadOnlyList<(NodeReport Node, GroupReport Group)> Group(string name)
    {
        var found = nodes.SelectMany(static n => n.Groups.Select(g => (Node: n, Group: g))).Where(g => g.Group.Group == name).ToList();
        if (found.Count > 0)
            return found;
        var silent = nodes.Count(static n => n.Silent is not null);
        throw new CommandException(
            $"No node runs group '{name}'; found {(Groups.Count == 0 ? "no group" : string.Join(", ", Groups))} on {nodes.Count - silent} nodes"
            + $"{(silent == 0 ? "" : $", and {silent} do not answer")}.");
    }

    /// <summary>A group's partitions with the node that owns each: of several that say so, the one of the latest assignment.</summary>
    public IReadOnlyList<(NodeReport Node, PartitionReport Partition)> Owned(string group) =>
    [
        .. Partitions(group, "active").GroupBy(static p => p.Partition.Partition).Select(static p => p.MaxBy(static r => r.Partition.Generation))
            .OrderBy(static p => p.Partition.Partition),
    ];

    /// <summary>A group's partitions of a role, on whichever node, those that are gone left out.</summary>
    public IEnumerable<(NodeReport Node, PartitionReport Partition)> Partitions(string group, string role) => Group(group)
        .SelectMany(static g => g.Group.Partitions.Select(p => (g.Node, Partition: p)))
        .Where(p => p.Partition.Role == role && p.Partition.State != nameof(Actors.PartitionState.Stopped));

    /// <summary>Says which nodes are missing from what was told.</summary>
    public async Task NoteSilence(CommandCall call)
    {
        foreach (var node in nodes.Where(static n => n.Silent is not null))
            await call.Note($"{node.Address} ({node.Status}) is missing: {node.Silent}").ConfigureAwait(false);
    }

    /// <summary>The lag of a partition over all its inputs; null while none is known.</summary>
    public static long? LagOf(PartitionReport partition) => Sum(partition.Inputs.Select(static i => i.Lag));

    public static long? Sum(IEnumerable<long?> figures)
    {
        var known = figures.OfType<long>().ToList();
        return known.Count == 0 ? null : known.Sum();
    }

    /// <summary>A time as machines read it too: in ISO 8601.</summary>
    public static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Numbers as people write them: 0-3, 7.</summary>
    public static string Ranges(IEnumerable<int> numbers)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var number in numbers.Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1)
                ranges[^1] = (ranges[^1].First, number);
            else
                ranges.Add((number, number));
        }

        return string.Join(", ", ranges.Select(static r => r.First == r.Last ? $"{r.First}" : $"{r.First}-{r.Last}"));
    }
}
