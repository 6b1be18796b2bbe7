using static GokaAkka.Commands.Palettes.ClusterPicture;

namespace GokaAkka.Commands.Palettes;

/// <summary><c>group</c>: processors, over all nodes.</summary>
static class GroupPalette
{
    public static readonly CommandArgument Name = new("group", "the group") { IsMandatory = true, Values = Names(static p => p.Groups) };

    static readonly CommandArgument Topic = new("topic", "an input of the group; all of them when it is left out")
    {
        Values = Names(static p => p.Nodes.SelectMany(static n => n.Groups).SelectMany(static g => g.Edges)
            .Where(static e => e.Kind is "input" or "loop").Select(static e => e.Topic)),
    };

    public static CommandPalette Create() => new("group", "processors",
    [
        new("list", "lists every group", Shown(List)),
        new("show", "shows a group on each node that runs it", Shown(Show)) { Arguments = [Name] },
        new("members", "shows which node has which partitions of a group", Shown(Members)) { Arguments = [Name] },
        new("lag", "shows how far a group is behind, by partition and input", Shown(Lag)) { Arguments = [Name] },
        new("stats", "shows what a group has done, by partition", Shown(Stats)) { Arguments = [Name] },
        new("pause", "stops consuming, on every node that runs the group", call => Halt(call, true)) { Arguments = [Name, Topic] },
        new("resume", "consumes again", call => Halt(call, false)) { Arguments = [Name, Topic] },
        GroupReset.Command,
    ]);

    static async Task List(CommandCall call, ClusterPicture picture)
    {
        await call.Table("groups", "group", "state", "nodes", "partitions", "lag", "processed").ConfigureAwait(false);
        foreach (var group in picture.Groups)
        {
            var nodes = picture.Group(group);
            var owned = picture.Owned(group);
            var count = nodes.Max(static n => n.Group.PartitionCount);
            await call.Row(
                group, string.Join(", ", nodes.Select(static n => n.Group.State).Distinct().Order(StringComparer.Ordinal)), nodes.Count, $"{owned.Count} of {count}",
                Sum(owned.Select(static p => LagOf(p.Partition))), nodes.Sum(static n => n.Group.Partitions.Sum(static p => p.Processed)))
                .ConfigureAwait(false);
        }
    }

    static async Task Show(CommandCall call, ClusterPicture picture)
    {
        var nodes = picture.Group(call.Required(Name.Name));
        await call.Table("nodes", "node", "state", "delivery", "partitions", "restoring", "paused", "lag", "polled", "rebalanced").ConfigureAwait(false);
        foreach (var (node, group) in nodes)
        {
            var here = group.Partitions.Where(static p => p.Role == "active" && p.State != nameof(Actors.PartitionState.Stopped)).ToList();
            await call.Row(
                node.Address, group.State, group.Delivery, Ranges(here.Select(static p => p.Partition)),
                Ranges(here.Where(static p => p.State == nameof(Actors.PartitionState.Restoring)).Select(static p => p.Partition)),
                string.Join(", ", group.Paused), Sum(here.Select(LagOf)),
                group.PollAgeMs is { } age ? FormattableString.Invariant($"{age:0} ms ago") : null,
                group.Rebalances is [var last, ..] ? $"{Text(last.At)} {last.Kind}" : null).ConfigureAwait(false);
        }

        foreach (var (node, group) in nodes)
        {
            if (group.Error is { } error)
                await call.Note($"{node.Address}: {error}").ConfigureAwait(false);
            foreach (var trouble in group.Troubles)
                await call.Note($"{node.Address}: trouble with {trouble.What} since {Text(trouble.Since)}: {trouble.Reason}").ConfigureAwait(false);
        }
    }

    static async Task Members(CommandCall call, ClusterPicture picture)
    {
        var owned = picture.Owned(call.Required(Name.Name)).ToLookup(static p => p.Node, static p => p.Partition);
        await call.Table("members", "node", "state", "active", "standby").ConfigureAwait(false);
        foreach (var (node, group) in picture.Group(call.Required(Name.Name)))
        {
            var standby = group.Partitions.Where(static p => p.Role == "standby" && p.State != nameof(Actors.PartitionState.Stopped)).Select(static p => p.Partition);
            await call.Row(node.Address, group.State, Ranges(owned[node].Select(static p => p.Partition)), Ranges(standby)).ConfigureAwait(false);
        }
    }

    static async Task Lag(CommandCall call, ClusterPicture picture)
    {
        await call.Table("inputs", "partition", "topic", "done", "end", "lag", "last record", "node").ConfigureAwait(false);
        foreach (var (node, partition) in picture.Owned(call.Required(Name.Name)))
        {
            foreach (var input in partition.Inputs)
            {
                await call.Row(
                    partition.Partition, input.Topic, input.DoneOffset, input.HighWatermark, input.Lag, Text(input.LastTimestamp), node.Address)
                    .ConfigureAwait(false);
            }
        }
    }

    static async Task Stats(CommandCall call, ClusterPicture picture)
    {
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
