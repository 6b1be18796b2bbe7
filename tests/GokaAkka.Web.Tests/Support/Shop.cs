namespace GokaAkka.Web.Tests;

/// <summary>What the tests' nodes run: every kind of edge is in it.</summary>
static class Shop
{
    public const string Clicks = "clicks";
    public const string Alerts = "alerts";
    public const string Orders = "orders";
    public const string Counting = "clicks-per-user";
    public const string CountingTable = "clicks-per-user-table";
    public const string Profiles = "profiles";
    public const string ProfilesTable = "profiles-table";

    public static IReadOnlyList<string> Topics => [Clicks, Alerts, Orders];

    public static GroupGraph<long> CountingGraph { get; } = GroupGraph.Define<long>(Counting, static g => g
        .Input(Clicks, Codec.String, static (ctx, _) =>
        {
            ctx.SetValue(ctx.Value + 1);
            if (ctx.Value % 10 == 0)
                ctx.Emit(Alerts, ctx.Key, $"{ctx.Value} clicks");
        })
        .Output(Alerts, Codec.String)
        .Persist(Codec.Int64));

    public static GroupGraph<byte[]> ProfilesGraph { get; } = GroupGraph.Define<byte[]>(Profiles, static g => g
        .Input(Orders, Codec.Bytes, static (ctx, order) =>
        {
            ctx.SetValue(order);
            ctx.Loopback(ctx.Key, Encoding.UTF8.GetString(ctx.Key.Span));
        })
        .Loop(Codec.String, static (_, _) => { })
        .Lookup(CountingTable, Codec.Int64)
        .Persist(Codec.Bytes));
}
