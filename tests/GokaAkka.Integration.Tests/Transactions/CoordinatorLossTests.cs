using GokaAkka.Inspection;
using GokaAkka.Integration.Tests.Restore;
using Shouldly;
using Node = GokaAkka.Integration.Tests.Restore.Node;

namespace GokaAkka.Integration.Tests.Transactions;

/// <summary>
/// Delivery exactly-once while the broker is away that coordinates the group, or the transactions: librdkafka ignores its time-outs then
/// (its issues 5456 and 5511), and a commit would never end.
/// </summary>
[Collection(RestoreCollection.Name)]
public sealed class CoordinatorLossTests : IDisposable
{
    const int Partitions = 2;
    const int Clicks = 200;
    const int Leader = 1;
    const int Coordinator = 3;

    readonly EmbeddedBroker _broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Brokers = 3 });

    public CoordinatorLossTests()
    {
        foreach (var topic in new[] { "clicks", "counts-table" })
        {
            _broker.CreateTopic(topic, Partitions);
            for (var i = 0; i < Partitions; i++)
                _broker.MoveLeader(topic, i, Leader);
        }
    }

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_processor_must_report_a_commit_that_does_not_end_and_go_on_when_the_coordinator_is_back(bool isOfGroup)
    {
        await using var node = NewNode();
        var processor = await StartCoordinated(node, isOfGroup);

        _broker.BrokerDown(Coordinator);
        await Emit(node);
        // By the client, when it keeps to its time-out, or by ours.
        await Eventually.Holds(
            () => node.Log.Any(l => l.Contains("trouble with the transactional producer") || (l.Contains("trouble with partition") && l.Contains("transaction"))),
            () => $"the hanging commit is told: {Describe(processor)}");
        await Eventually.Holds(() => node.Goka.Health.Ready().Level != HealthLevel.Healthy, () => Describe(processor));

        _broker.BrokerUp(Coordinator);
        await Counted(processor);
        await Eventually.Holds(() => processor.Troubles.Count == 0, () => $"the troubles are over: {Describe(processor)}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_processor_must_go_on_when_another_broker_takes_over_from_the_coordinator(bool isOfGroup)
    {
        await using var node = NewNode();
        var processor = await StartCoordinated(node, isOfGroup);

        _broker.DecommissionBroker(Coordinator);
        await Emit(node);

        await Counted(processor);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_must_end_within_its_bound_while_a_commit_does_not(bool isOfGroup)
    {
        await using var node = NewNode("goka.processor.drain-timeout = 4s");
        var processor = await StartCoordinated(node, isOfGroup);
        _broker.BrokerDown(Coordinator);
        await Emit(node);
        await Eventually.Holds(() => processor.Partitions.Sum(p => p.Processed) >= 2 * Clicks, () => Describe(processor));
        var clock = Stopwatch.StartNew();

        await processor.Stop().WaitAsync(Node.Patience);

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(9), Describe(processor));
    }

    // Sessions so long that partitions stay: a commit is under way for them.
    Node NewNode(string hocon = "") => new(
        _broker, new MemoryStorageProvider(),
        "goka.processor { delivery = exactly-once, transaction { commit-interval = 20ms, timeout = 2s, id = one } }\n"
        + "goka.kafka { client.socket.timeout.ms = 2000, consumer.session.timeout.ms = 60000 }\n" + hocon);

    async Task<Processor<long>> StartCoordinated(Node node, bool isOfGroup)
    {
        _broker.MoveCoordinator("counts", isOfGroup ? Coordinator : Leader);
        _broker.MoveTransactions("one", isOfGroup ? Leader : Coordinator);
        var processor = node.Goka.Process(GroupGraph.Define<long>("counts", g => g
            .Input("clicks", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
            .Persist(Codec.Int64)));
        await processor.Ready.WaitAsync(Node.Patience);
        await Emit(node);
        await Eventually.Holds(() => Done(processor) == Clicks, () => Describe(processor));
        return processor;
    }

    static async Task Emit(Node node)
    {
        await using var emitter = node.Goka.Emitter("clicks", Codec.String);
        await Task.WhenAll(Enumerable.Range(0, Clicks).Select(i => emitter.Emit($"user-{i % 10}", "/"))).WaitAsync(Node.Patience);
    }

    static Task Counted(Processor<long> processor) => Eventually.Holds(() => Done(processor) == 2 * Clicks, () => $"all is committed: {Describe(processor)}");

    static long Done(Processor processor) => processor.Partitions.Sum(p => p.Inputs.Sum(i => i.DoneOffset ?? 0));

    static string Describe(Processor processor) =>
        $"{processor.State}, {Done(processor)} committed, {processor.Partitions.Sum(p => p.Processed)} processed, troubles: {string.Join("; ", processor.Troubles)}";
}
