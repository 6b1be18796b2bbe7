namespace GokaAkka.Commands.Palettes;

/// <summary><c>topic</c>: the topics that groups and views have to do with, as the brokers describe them.</summary>
static class TopicPalette
{
    static readonly CommandArgument Topic = new("topic", "the topic")
    {
        IsMandatory = true,
        Values = ClusterPicture.Names(static p => Uses(p).Select(static u => u.Key)),
    };

    public static CommandPalette Create() => new("topic", "topics, as the brokers describe them",
    [
        new("list", "lists the topics that groups and views have to do with", ClusterPicture.Shown(List)),
        new("show", "shows the partitions of a topic and what they hold", Show) { Arguments = [Topic] },
    ]);

    static async Task List(CommandCall call, ClusterPicture picture)
    {
        var uses = Uses(picture).ToList();
        using var manager = call.Goka.CreateTopicManager();
        var found = await manager.Describe([.. uses.Select(static u => u.Key)], call.Cancellation).ConfigureAwait(false);
        await call.Table("topics", "topic", "partitions", "replicas", "cleanup", "used by").ConfigureAwait(false);
        foreach (var use in uses)
        {
            var topic = found.GetValueOrDefault(use.Key);
            await call.Row(
                use.Key, topic is null ? "missing" : topic.Partitions, topic?.Replicas, topic?.Settings?.GetValueOrDefault("cleanup.policy"),
                string.Join(", ", use.Distinct())).ConfigureAwait(false);
        }
    }

    static async Task Show(CommandCall call)
    {
        var name = call.Required(Topic.Name);
        using var manager = call.Goka.CreateTopicManager();
        var found = await manager.Describe([name], call.Cancellation).ConfigureAwait(false);
        if (!found.TryGetValue(name, out var topic))
            throw new CommandException($"There is no topic '{name}' on {call.Goka.Kafka.Description}.");
        await call.Table("partitions", "partition", "first", "end", "offsets").ConfigureAwait(false);
        for (var i = 0; i < topic.Partitions; i++)
        {
            var range = await manager.Offsets(name, i, call.Cancellation).ConfigureAwait(false);
            await call.Row(i, range.Low, range.High, range.High - range.Low).ConfigureAwait(false);
        }

        foreach (var (key, value) in topic.Settings?.OrderBy(static s => s.Key, StringComparer.Ordinal) ?? Enumerable.Empty<KeyValuePair<string, string>>())
            await call.Note($"{key} = {value}").ConfigureAwait(false);
    }

    static IEnumerable<IGrouping<string, string>> Uses(ClusterPicture picture) =>
        picture.Nodes.SelectMany(static n => n.Groups).SelectMany(static g => g.Edges.Where(static e => e.Kind != "visitor").Select(e => (e.Topic, Use: $"{g.Group} ({e.Kind})")))
            .Concat(picture.Nodes.SelectMany(static n => n.Views).Where(static v => v.LookedUpBy is null).Select(static v => (Topic: v.Table, Use: "view")))
            .GroupBy(static u => u.Topic, static u => u.Use).OrderBy(static u => u.Key, StringComparer.Ordinal);
}
