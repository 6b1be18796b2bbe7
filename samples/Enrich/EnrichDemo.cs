namespace GokaAkka.Samples.Enrich;

/// <summary>
/// Orders are keyed by customer, as the table of customers is: so the customer is <em>joined</em>, from this very partition. Products are keyed
/// otherwise, so the product is <em>looked up</em>, in a copy of the whole table that each node keeps.
/// </summary>
static class EnrichDemo
{
    static readonly Table<string> Customers = new("customers", Codec.String);
    static readonly Table<long> Prices = new("prices", Codec.Int64);
    static readonly Stream<string> Orders = new("orders", Codec.String);
    static readonly Stream<string> Invoices = new("invoices", Codec.String);

    /// <summary>Writes an invoice line per order, and keeps what each customer has spent.</summary>
    public static GroupGraph<long> Define(string group) => GroupGraph.Define<long>(group, g => g
        .Input(Orders, (ctx, product) =>
        {
            var price = ctx.Lookup(Prices, product);
            ctx.SetValue(ctx.Value + price);
            ctx.Emit(Invoices, ctx.Key, $"{ctx.Join(Customers)}: {product} for {price}, {ctx.Value} in all");
        })
        .Join(Customers)
        .Lookup(Prices)
        .Output(Invoices)
        .Persist(Codec.Int64));

    public static async Task Run(NodeSettings settings, CancellationToken stop)
    {
        string[] topics = [Orders.Name, Invoices.Name, Customers.Name, Prices.Name];
        await using var node = SampleNode.Start(settings, topics);
        node.PrintPlaces("Orders joined with their customer, priced by a look-up.", topics);
        await Fill(node.Goka);
        var processor = node.Goka.Process(Define(settings.Group));
        await processor.UntilReady(stop);
        await using var orders = node.Goka.Emitter(Orders);
        await orders.Emit("c1", "tea");
        await orders.Emit("c2", "cup");
        await orders.Emit("c1", "cup");
        await DemoCommand.Until(
            "c1 has spent 12 and c2 has spent 7", () => processor.Get("c1").Result == 12 && processor.Get("c2").Result == 7, stop);
        Console.WriteLine("Alice (c1) has spent 12, Bob (c2) has spent 7.");
    }

    // Tables are topics like any others: here they are written by emitters, elsewhere by the groups that own them.
    static async Task Fill(Goka goka)
    {
        await using var customers = goka.Emitter(Customers.Name, Customers.Codec);
        await using var prices = goka.Emitter(Prices.Name, Prices.Codec);
        await Task.WhenAll(
            customers.Emit("c1", "Alice"), customers.Emit("c2", "Bob"), prices.Emit("tea", 5), prices.Emit("cup", 7));
    }
}
