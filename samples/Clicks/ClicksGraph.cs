namespace GokaAkka.Samples.Clicks;

/// <summary>The whole stream processor: one callback per input, one count per user.</summary>
static class ClicksGraph
{
    /// <summary>The page whose click the callback refuses, to show what a callback that throws looks like.</summary>
    public const string RefusedPage = "/refused";

    public static GroupGraph<long> Define(string group, IReadOnlyList<string> topics) => GroupGraph.Define<long>(group, g =>
    {
        foreach (var topic in topics)
            g.Input(topic, Codec.String, (ctx, url) => ctx.SetValue(ctx.Value + Count(url)));
        g.Persist(Codec.Int64);
    });

    static long Count(string url) => url == RefusedPage ? throw new InvalidOperationException($"clicks on {url} are refused") : 1;
}
