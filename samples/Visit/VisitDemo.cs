namespace GokaAkka.Samples.Visit;

/// <summary>
/// A visitor runs for every key of the table, under its owner and in turn with the inputs: no two ever change a key at the same time.
/// goka's example 10.
/// </summary>
static class VisitDemo
{
    const string CloseMonth = "close-month";
    const int Users = 200;

    static readonly Stream<long> Payments = new("payments", Codec.Int64);
    static readonly Stream<string> Statements = new("statements", Codec.String);

    public static GroupGraph<long> Define(string group) => GroupGraph.Define<long>(group, g => g
        .Input(Payments, (ctx, amount) => ctx.SetValue(ctx.Value + amount))
        .Visitor<string>(CloseMonth, (ctx, month) =>
        {
            ctx.Emit(Statements, ctx.Key, $"{month}: {ctx.Value}");
            ctx.SetValue(0);
        })
        .Output(Statements)
        .Persist(Codec.Int64));

    public static async Task Run(NodeSettings settings, CancellationToken stop)
    {
        string[] topics = [Payments.Name, Statements.Name];
        await using var node = SampleNode.Start(settings, topics);
        node.PrintPlaces("Payments add up per user; a visitor closes every account's month.", topics);
        var processor = node.Goka.Process(Define(settings.Group));
        await processor.UntilReady(stop);
        await using var payments = node.Goka.Emitter(Payments);
        await Task.WhenAll(Enumerable.Range(0, Users * 5).Select(i => payments.Emit($"user-{i % Users}", 10)));
        await DemoCommand.Until("every user has paid 50", () => processor.Local().Count(a => a.Value == 50) == Users, stop);
        var visited = await processor.VisitAll(CloseMonth, "November", stop);
        var left = processor.Local().Sum(static a => a.Value);
        Console.WriteLine($"Closed the month of {visited} accounts; {left} is left in them.");
        if (visited != Users || left != 0)
            throw new SampleException($"Expected {Users} visits and nothing left.");
    }
}
