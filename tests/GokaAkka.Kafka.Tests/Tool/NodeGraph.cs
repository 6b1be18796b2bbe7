namespace GokaAkka.RealKafka.Tool;

/// <summary>What <c>goka node</c> runs out of this assembly: it sums up numbers. The variable says for which group, for each test has its own.</summary>
static class NodeGraph
{
    public const string Variable = "GOKA_TEST_GROUP";

    public static GroupGraph<long> Sums
    {
        get
        {
            var group = Environment.GetEnvironmentVariable(Variable)!;
            return GroupGraph.Define<long>(group, g => g
                .Input(group + "-in", Codec.Int64, static (ctx, n) => ctx.SetValue(ctx.Value + n))
                .Persist(Codec.Int64));
        }
    }
}
