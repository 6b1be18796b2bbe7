using GokaAkka.Codecs;
using GokaAkka.Graph;
using GokaAkka.Kafka;
using GokaAkka.Nodes;

namespace GokaAkka.Cli.Nodes;

/// <summary>goka's first example, to have something to look at: users click, and a group counts the clicks of each.</summary>
static class ClicksExample
{
    const string Topic = "clicks";

    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    static readonly string[] Pages = ["/home", "/search", "/item", "/cart", "/checkout"];

    static readonly GroupGraph<long> Graph = GroupGraph.Define<long>("clicks-per-user", g => g
        .Input(Topic, Codec.String, static (ctx, _) => ctx.SetValue(ctx.Value + 1))
        .Persist(Codec.Int64));

    public static async Task Start(GokaNode node, NodeSettings settings, bool emits)
    {
        using (var topics = node.Goka.CreateTopicManager())
        {
            if ((await topics.Describe([Topic], node.Stopping).ConfigureAwait(false)).Count == 0)
                await topics.Create(new TopicSpec(Topic, settings.ClicksPartitions), node.Stopping).ConfigureAwait(false);
        }

        if (node.Runs(Graph.Group))
            node.Process(Graph);
        if (emits && settings.ClicksRate > 0)
            node.Watch(Emit(node, settings));
    }

    static async Task Emit(GokaNode node, NodeSettings settings)
    {
        var emitter = node.Goka.Emitter(Topic, Codec.String);
        await using var disposing = emitter.ConfigureAwait(false);
        using var timer = new PeriodicTimer(Tick);
        var due = 0.0;
        try
        {
            while (await timer.WaitForNextTickAsync(node.Stopping).ConfigureAwait(false))
            {
                for (due += settings.ClicksRate * Tick.TotalSeconds; due >= 1; due--)
                {
                    var user = Random.Shared.Next(settings.ClicksUsers).ToString(CultureInfo.InvariantCulture);
                    await emitter.Emit($"user-{user}", Pages[Random.Shared.Next(Pages.Length)]).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (node.Stopping.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException)
        {
            // The node stops.
        }
    }
}
