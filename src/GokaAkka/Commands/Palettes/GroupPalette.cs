using GokaAkka.Inspection;

namespace GokaAkka.Commands.Palettes;

/// <summary><c>group</c>: processors, over all nodes.</summary>
static class GroupPalette
{
    public static readonly CommandArgument Name = new("group", "the group") { IsMandatory = true, Values = ClusterPicture.GroupNames };

    static readonly CommandArgument Topic = new("topic", "an input of the group; all of them when it is left out")
    {
        Values = static async (goka, cancellation) =>
        [
            .. (await ClusterPicture.Take(goka, cancellation).ConfigureAwait(false)).Nodes.SelectMany(static n => n.Groups).SelectMany(static g => g.Edges)
                .Where(static e => e.Kind is "input" or "loop").Select(static e => e.Topic).Distinct(),
        ],
    };

    public static CommandPalette Create() => new("group", "processors",
    [
        new("list", "lists every group", List),
        new("show", "shows a group on each node that runs it", Show) { Arguments = [Name] },
        new("members", "shows which node has which partitions of a group", Members) { Arguments = [Name] },
        new("lag", "shows how far a group is behind, by partition and input", Lag) { Arguments = [Name] },
        new("stats", "shows what a group has done, by partition", Stats) { Arguments = [Name] },
        new("pause", "stops consuming, on every node that runs the group", call => Halt(call, true)) { Arguments = [Name, Topic] },
        new("resume", "consumes again", call => Halt(call, false)) { Arguments = [Name, Topic] },
        GroupReset.Command,
    ]);

    static async Task List(CommandCall call)
    {
        var picture = await ClusterPicture.Take(call.Goka, call.Cancellation).ConfigureAwait(false);
        await call.Table("groups", "group", "state", "nodes", "partitions", "lag", "processed").ConfigureAwait(false);
        foreach (var group in picture.Groups)
        {
            var nodes = picture.Group(group);
            var owned = picture.Owned(group);
            var count = nodes.Max(static n => n.Group.PartitionCount);
            await call.Row(
                group, string.Join(", ", nodes.Select(static n => n.Group.State).Distinct().Order(StringComparer.Ordinal)), nodes.Count, $"{owned.Count} of {count}",
                ClusterPicture.Sum(owned.Select(static p => ClusterPicture.LagOf(p.Partition))), nodes.Sum(static n => n.Group.Partitions.Sum(static p => p.Processed)))
                .ConfigureAwait(false);
        }

        await picture.NoteSilence(call).ConfigureAwait(false);
    }

    static async Task Show(CommandCall call)
    {
        var picture = await ClusterPicture.Take(call.Goka, call.Cancellation).ConfigureAwait(false);
        var nodes = picture.Group(call.Required(Name.Name));
        await call.Table("nodes", "node", "state", "delivery", "partitions", "restoring", "paused", "lag", "polled", "rebalanced").ConfigureAwait(false);
        foreach (var (node, group) in nodes)
        {
            var here = group.Partitions.Where(static p => p.Role == "active" && p.State != nameof(Actors.PartitionState.Stopped)).ToList();
            await call.Row(
                node.Address, group.State, group.Delivery, ClusterPicture.Ranges(here.Select(static p => p.Partition)),
                ClusterPicture.Ranges(here.Where(static p => p.State == nameof(Actors.PartitionState.Restoring)).Select(static p => p.Partition)),
                string.Join(", ", group.Paused), ClusterPicture.Sum(here.Select(ClusterPicture.LagOf)),
                group.PollAgeMs is { } age ? FormattableString.Invariant($"{age:0} ms ago") : null,
                group.Rebalances is [var last, ..] ? $"{ClusterPicture.Text(last.At)} {last.Kind}" : null).ConfigureAwait(false);
        }

        foreach (var (node, group) in nodes)
        {
            if (group.Error is { } error)
                await call.Note($"{node.Address}: {error}").ConfigureAwait(false);
            foreach (var trouble in group.Troubles)
                await call.Note($"{node.Address}: trouble with {trouble.What} since {ClusterPicture.Text(trouble.Since)}: {trouble.Reason}").ConfigureAwait(false);
        }

        await picture.NoteSilence(call).ConfigureAwait(false);
    }

    static async Task Members(CommandCall call)
    {
        var picture = await ClusterPicture.Take(call.Goka, call.Cancellation).ConfigureAwait(false);
        var owned = picture.Owned(call.Required(Name.Name)).ToLookup(static p => p.Node, static p => p.Partition);
        await call.Table("members", "node", "state", "active", "standby").ConfigureAwait(false);
        foreach (var (node, group) in picture.Group(call.Required(Name.Name)))
        {
            var standby = group.Partitions.Where(static p => p.Role == "standby" && p.State != nameof(Actors.PartitionState.Stopped)).Select(static p => p.Partition);
            await call.Row(node.Address, group.State, ClusterPicture.Ranges(owned[node].Select(static p => p.Partition)), ClusterPicture.Ranges(standby)).ConfigureAwait(false);
        }

        await picture.NoteSilence(call).ConfigureAwait(false);
    }

    static async Task Lag(CommandCall call)
    {
        var picture = await ClusterPicture.Take(call.Goka, call.Cancellation).ConfigureAwait(false);
        await call.Table("inputs", "partition", "topic", "done", "end", "lag", "last record", "node").ConfigureAwait(false);
        foreach (var (node, partition) in picture.Owned(call.Required(Name.Name)))
        {
            foreach (var input in partition.Inputs)
            {
                await call.Row(
                    partition.Partition, input.Topic, input.DoneOffset, input.HighWatermark, input.Lag, ClusterPicture.Text(input.LastTimestamp), node.Address)
                    .ConfigureAwait(false);
            }
        }

        await picture.NoteSilence(call).ConfigureAwait(false);
    }

    static async Task Stats(CommandCall call)
    {
        var picture = await ClusterPicture.Take(call.Goka, call.Cancellation).ConfigureAwait(false);
        await call.Table(
            "partitions", "partition", "processed", "bytes in", "sent", "bytes out", "skipped", "dead letters", "retries", "misplaced", "restarts", "node").ConfigureAwait(false);
        foreach (var (node, p) in picture.Owned(call.Required(Name.Name)))
        {
            long[] figures =
            [
                p.Processed, p.Inputs.Sum(static i => i.Bytes), p.Outputs.Sum(static o => o.Records), p.Outputs.Sum(static o => o.Bytes), p.Skipped, p.DeadLetters, p.Retries,
                p.Misplaced, p.Restarts,
            ];
            await call.Row([p.Partition, .. figures, node.Address]).ConfigureAwait(false);
        }

        await picture.NoteSilence(call).ConfigureAwait(false);
    }

    static async Task Halt(CommandCall call, bool paused)
    {
        var (group, topic) = (call.Required(Name.Name), call[Topic.Name]);
        var outcome = paused
            ? await call.Goka.Inspector.Pause(group, topic, call.Cancellation).ConfigureAwait(false)
            : await call.Goka.Inspector.Resume(group, topic, call.Cancellation).ConfigureAwait(false);
        await Outcomes.Show(call, outcome).ConfigureAwait(false);
    }
}
