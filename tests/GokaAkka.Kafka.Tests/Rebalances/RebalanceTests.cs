using GokaAkka.FaultWorker;
using GokaAkka.Integration.Tests.Restore;

namespace GokaAkka.RealKafka.Rebalances;

/// <summary>Members of one group, all in this process, that come and go under load, on a real coordinator.</summary>
public sealed class RebalanceTests(ITestOutputHelper output)
{
    const int Rate = 800;

    [Theory]
    [InlineData("eager")]
    [InlineData("cooperative")]
    public async Task Members_that_come_and_go_must_count_each_message_once_and_in_order_and_never_have_a_partition_at_the_same_time(string rebalance)
    {
        output.WriteLine($"GOKA_SEED={FaultForm.Seed}");
        var witness = new Witness(FaultCluster.Partitions);
        await using var cluster = await FaultCluster.Start();
        using var load = new Load(cluster, FaultForm.Seed);
        var members = new Dictionary<string, Node>();
        var loading = load.Run(long.MaxValue, Rate);
        try
        {
            foreach (var step in new[] { "+a", "+b", "+c", "-a", "+d", "-b", "-c", "+e" })
            {
                var name = step[1..];
                if (step[0] == '+')
                    Join(name);
                else if (members.Remove(name, out var leaving))
                    await leaving.DisposeAsync();
                await Eventually.Holds(() => members.Keys.All(witness.Owners.ContainsKey) && witness.Owners.Values.Sum() == FaultCluster.Partitions, () => $"{step}: not every member has partitions, {witness.Owners.Count} have");
                var before = witness.Counted;
                await Eventually.Holds(() => witness.Counted.Zip(before).All(c => c.First > c.Second), () => $"{step}: not every partition went on: {string.Join(' ', witness.Counted)}");
                witness.Wrong.ShouldBeEmpty(step);
            }

            load.Stop();
            await loading;
            await Eventually.Holds(() => witness.Counted.Sum() >= load.Count, () => $"counted {witness.Counted.Sum()} of {load.Count}");
        }
        finally
        {
            foreach (var member in members.Values)
                await member.DisposeAsync();
        }

        output.WriteLine($"{load.Count} messages");
        witness.Wrong.ShouldBeEmpty();
        witness.Last.ShouldBe(load.Sent, ignoreOrder: true);
        TableFold.Read(cluster).ShouldBe(load.Sent.ToDictionary(s => s.Key, s => new Tally(s.Value, s.Value, s.Value)), ignoreOrder: true);

        void Join(string name)
        {
            var node = members[name] = KafkaNodes.Start(hocon: $"goka.processor.rebalance = {rebalance}");
            node.Goka.Process(
                GroupGraph.Define<Tally>(cluster.Group, g => g
                    .Input(cluster.Topic, Codec.Int64, (ctx, number) =>
                    {
                        witness.Counts(name, ctx.Partition, ctx.Key.ToString(), number);
                        ctx.SetValue(ctx.Value.With(number));
                    })
                    .Persist(Tally.Codec)),
                new ProcessorOptions { Rebalanced = change => witness.Rebalanced(name, change) });
        }
    }
}
