using GokaAkka.Actors;

namespace GokaAkka.Commands.Palettes;

/// <summary>
/// <c>group reset</c>: sets where a group that nobody runs reads on. The brokers refuse it while the group has members, wherever those are; the
/// nodes of this cluster are asked before, for the better answer.
/// </summary>
static class GroupReset
{
    static readonly CommandArgument Group = new("group", "the group; it has to be stopped everywhere") { IsMandatory = true, Values = GroupPalette.Name.Values };
    static readonly CommandArgument To = new("to", "earliest, latest, or a time such as 2026-01-31T12:00:00Z")
    {
        Kind = ArgumentKind.Option, IsMandatory = true, Values = static (_, _) => Task.FromResult<IReadOnlyList<string>>(["earliest", "latest"]),
    };
    static readonly CommandArgument Topic = new("topic", "the input; all that nodes know of the group when it is left out") { Kind = ArgumentKind.Option };
    static readonly CommandArgument DryRun = new("dry-run", "shows what it would do") { Kind = ArgumentKind.Flag };

    public static readonly CommandDefinition Command = new("reset", "sets where a group that is stopped reads on; its table stays as it is", Run)
    {
        Arguments = [Group, To, Topic, DryRun],
    };

    static async Task Run(CommandCall call)
    {
        var group = call.Required(Group.Name);
        var target = Target(call.Required(To.Name));
        if (call.Goka.Kafka is not IGroupOffsets offsets)
            throw new CommandException("The Kafka client of this node cannot set the offsets of groups.");
        var picture = await ClusterPicture.Take(call.Goka, call.Cancellation).ConfigureAwait(false);
        CheckStopped(picture, group);
        var topics = Topics(picture, group, call[Topic.Name]);
        using var manager = call.Goka.CreateTopicManager();
        var changes = await Plan(manager, offsets, group, topics, target, call.Cancellation).ConfigureAwait(false);
        if (!call.Has(DryRun.Name))
            await offsets.Set(group, [.. changes.Select(static c => c.To)], call.Cancellation).ConfigureAwait(false);
        await call.Table("partitions", "topic", "partition", "from", "to", "done").ConfigureAwait(false);
        foreach (var (from, to) in changes)
            await call.Row(to.Topic, to.Partition, from, to.Offset, call.Has(DryRun.Name) ? "no, dry run" : "yes").ConfigureAwait(false);
    }

    /// <summary>Null for the earliest, the end of time for the latest.</summary>
    static DateTimeOffset? Target(string to) => to switch
    {
        "earliest" => null,
        "latest" => DateTimeOffset.MaxValue,
        _ when DateTimeOffset.TryParse(to, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
        _ => throw new CommandException($"--to is earliest, latest or a time such as 2026-01-31T12:00:00Z, found '{to}'."),
    };

    static void CheckStopped(ClusterPicture picture, string group)
    {
        var alive = picture.Nodes.SelectMany(static n => n.Groups.Select(g => (Node: n, Group: g)))
            .Where(g => g.Group.Group == group && g.Group.State is not (nameof(ProcessorState.Stopped) or nameof(ProcessorState.Failed))).ToList();
        if (alive.Count > 0)
        {
            throw new CommandException(
                $"Group '{group}' runs: {string.Join(", ", alive.Select(static a => $"{a.Group.State} on {a.Node.Address}"))}. Offsets are set while no member is there; "
                + "stop it on every node first.");
        }
    }

    static IReadOnlyList<string> Topics(ClusterPicture picture, string group, string? topic)
    {
        if (topic is not null)
            return [topic];
        var known = picture.Nodes.SelectMany(static n => n.Groups).Where(g => g.Group == group).SelectMany(static g => g.Edges)
            .Where(static e => e.Kind is "input" or "loop").Select(static e => e.Topic).Distinct().ToList();
        return known.Count > 0
            ? known
            : throw new CommandException($"No node knows the inputs of group '{group}', for none has run it since its start: name one with --topic.");
    }

    static async Task<IReadOnlyList<(long? From, TopicPartitionOffset To)>> Plan(
        ITopicManager manager, IGroupOffsets offsets, string group, IReadOnlyList<string> topics, DateTimeOffset? target, CancellationToken cancellation)
    {
        var found = await manager.Describe([.. topics], cancellation).ConfigureAwait(false);
        if (topics.FirstOrDefault(t => !found.ContainsKey(t)) is { } missing)
            throw new CommandException($"There is no topic '{missing}'.");
        var changes = new List<(long?, TopicPartitionOffset)>();
        foreach (var topic in topics)
        {
            var partitions = Enumerable.Range(0, found[topic].Partitions).Select(p => new TopicPartition(topic, p)).ToList();
            var committed = (await offsets.Committed(group, partitions, cancellation).ConfigureAwait(false)).ToDictionary(static o => o.Partition, static o => o.Offset);
            foreach (var (_, partition) in partitions)
            {
                var range = await manager.Offsets(topic, partition, cancellation).ConfigureAwait(false);
                var to = target is not { } time ? range.Low
                    : time == DateTimeOffset.MaxValue ? range.High
                    : await manager.OffsetAt(topic, partition, time, cancellation).ConfigureAwait(false);
                changes.Add((committed.TryGetValue(partition, out var from) ? from : null, new TopicPartitionOffset(topic, partition, to)));
            }
        }

        return changes;
    }
}
