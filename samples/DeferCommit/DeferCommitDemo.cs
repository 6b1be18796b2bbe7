namespace GokaAkka.Samples.DeferCommit;

/// <summary>
/// Each record's commit is deferred until the database has stored it. What was handed to the database and not stored is read again after a
/// crash: nothing is lost, and no callback waits. goka's example 9.
/// </summary>
static class DeferCommitDemo
{
    const int Messages = 1000;

    static readonly Stream<string> Events = new("events", Codec.String);

    public static GroupGraph<Stateless> Define(string group, SlowDatabase database) => GroupGraph.Define(group, g => g
        .Input(Events, (ctx, text) => database.Add($"{ctx.Key} {text}", ctx.DeferCommit())));

    public static async Task Run(NodeSettings settings, CancellationToken stop)
    {
        await using var node = SampleNode.Start(settings, [Events.Name]);
        node.PrintPlaces("Messages handed to a slow database; each is committed when it is stored.", [Events.Name]);
        await using var database = new SlowDatabase();
        var processor = node.Goka.Process(Define(settings.Group, database));
        await processor.UntilReady(stop);
        await using (var emitter = node.Goka.Emitter(Events))
            await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => emitter.Emit($"key-{i % 50}", $"event {i}")));
        await DemoCommand.Until($"all {Messages} messages are stored", () => database.Count >= Messages, stop);
        await new GroupLag(node.Goka.Kafka, settings.Group, Events.Name).UntilProcessed(TimeSpan.FromSeconds(20), stop);
        Console.WriteLine($"{database.Count:#,0} messages were stored in {database.Writes} bulk writes, and then committed.");
    }
}
