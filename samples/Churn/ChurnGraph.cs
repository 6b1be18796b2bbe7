using GokaAkka.Processing;

namespace GokaAkka.Samples.Churn;

/// <summary>The whole stream processor: sums up changes per path.</summary>
static class ChurnGraph
{
    public static GroupGraph<FileChurn> Define(string group, string topic) =>
        GroupGraph.Define<FileChurn>(group, g => g.Input(topic, Change.Codec, Apply).Persist(FileChurn.Codec));

    static void Apply(IContext<FileChurn> ctx, Change change)
    {
        if (!ctx.TryGetValue(out var file))
            ctx.SetValue(default(FileChurn).With(change, ctx.Offset));
        // Kafka delivers a message again when it was not committed before a crash; its change is in the table already.
        else if (ctx.Offset > file.LastOffset)
            ctx.SetValue(file.With(change, ctx.Offset));
    }
}
