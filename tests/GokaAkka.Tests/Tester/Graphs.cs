namespace GokaAkka.Tests.WithTester;

/// <summary>Graphs that several tests run.</summary>
static class Graphs
{
    /// <summary>Counts the records of "in" by key, in "counter-table".</summary>
    public static GroupGraph<long> Counter(InputOptions? options = null) => GroupGraph.Define<long>("counter", g => g
        .Input("in", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1), options)
        .Persist(Codec.Int64));

    /// <summary>Sends each record of "in" on to "out", in capitals.</summary>
    public static GroupGraph<Stateless> Shouter(InputOptions? options = null) => GroupGraph.Define("shouter", g => g
        .Input("in", Codec.String, (ctx, text) => ctx.Emit("out", ctx.Key, text.ToUpperInvariant()), options)
        .Output("out", Codec.String));

    /// <summary>A stateless group that calls back for each record of "in".</summary>
    public static GroupGraph<Stateless> Reader(Action<IContext<Stateless>, string> callback, InputOptions? options = null) =>
        GroupGraph.Define("reader", g => g.Input("in", Codec.String, callback, options));

    /// <summary>A stateless group that calls back asynchronously for each record of "in".</summary>
    public static GroupGraph<Stateless> Waiter(Func<IContext<Stateless>, string, ValueTask> callback, InputOptions? options = null) =>
        GroupGraph.Define("waiter", g => g.Input("in", Codec.String, callback, options));
}
