namespace GokaAkka.Samples.Messaging;

/// <summary>Keeps the last messages that each user has received: their feed.</summary>
static class Collector
{
    const int Kept = 5;

    static readonly ICodec<Message[]> Feed = Codec.Json<Message[]>();

    public static GroupGraph<Message[]> Graph { get; } = GroupGraph.Define<Message[]>("collector", g => g
        .Input(Topics.Received, static (ctx, message) => ctx.SetValue([.. (ctx.Value ?? []).TakeLast(Kept - 1), message]))
        .Persist(Feed));

    public static Table<Message[]> Table => new("collector-table", Feed);
}
