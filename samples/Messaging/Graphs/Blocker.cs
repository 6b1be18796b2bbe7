namespace GokaAkka.Samples.Messaging;

/// <summary>Keeps who is blocked.</summary>
static class Blocker
{
    public static GroupGraph<bool> Graph { get; } = GroupGraph.Define<bool>("blocker", g => g
        .Input(Topics.BlockUser, static (ctx, wish) => ctx.SetValue(!wish.Unblock))
        .Persist(Codec.Json<bool>()));

    public static Table<bool> Table => new("blocker-table", Codec.Json<bool>());
}
