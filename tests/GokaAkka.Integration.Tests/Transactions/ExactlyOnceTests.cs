using Confluent.Kafka;
using GokaAkka.Integration.Tests.Restore;
using Shouldly;
using Node = GokaAkka.Integration.Tests.Restore.Node;

namespace GokaAkka.Integration.Tests.Transactions;

/// <summary>
/// Delivery exactly-once through the real client. The embedded broker takes part in transactions without keeping their offsets or hiding what
/// is aborted, so these show that the client is called rightly; what transactions mean is shown on the Kafka in memory.
/// </summary>
[Collection(RestoreCollection.Name)]
public sealed class ExactlyOnceTests : IDisposable
{
    const int Partitions = 2;
    const int Clicks = 3000;

    readonly EmbeddedBroker _broker = EmbeddedBroker.Start();

    public ExactlyOnceTests() => _broker.CreateTopic("clicks", Partitions);

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task Records_must_be_counted_once_through_many_transactions()
    {
        await using var node = NewNode();
        var processor = await Start(node);

        for (var round = 1; round <= 3; round++)
        {
            await Emit(node);
            await Counted(processor, round * Clicks);
        }

        processor.Partitions.ShouldAllBe(p => p.Restarts == 0);
    }

    [Theory]
    [InlineData(KafkaApi.AddPartitionsToTransaction)]
    [InlineData(KafkaApi.AddOffsetsToTransaction)]
    [InlineData(KafkaApi.TransactionOffsetCommit)]
    [InlineData(KafkaApi.EndTransaction)]
    public async Task A_fault_of_the_coordinator_that_passes_must_cost_no_restart(KafkaApi api)
    {
        await using var node = NewNode();
        var processor = await Start(node);
        await Emit(node);
        await Counted(processor, Clicks);

        _broker.FailRequests(api, ErrorCode.GroupCoordinatorNotAvailable, ErrorCode.GroupCoordinatorNotAvailable);
        await Emit(node);
        await Counted(processor, 2 * Clicks);

        processor.Partitions.ShouldAllBe(p => p.Restarts == 0);
    }

    [Fact]
    public async Task A_refused_commit_must_be_answered_by_a_new_producer()
    {
        await using var node = NewNode();
        var processor = await Start(node);
        await Emit(node);
        await Counted(processor, Clicks);

        var first = processor.Partitions.Max(p => p.Generation);
        _broker.FailRequests(KafkaApi.EndTransaction, ErrorCode.ProducerFenced);
        await Emit(node);
        await Eventually.Holds(() => processor.Partitions.All(p => p.Generation > first) && processor.State == ProcessorState.Running, () => $"all partitions have started again: {processor.State}; {string.Join(", ", processor.Partitions.Select(p => $"{p.Partition} {p.State} {p.Generation}"))}; {string.Join("; ", processor.Troubles)}\n{string.Join("\n", node.Log)}");

        var before = Sum(processor);
        await Emit(node);
        await Eventually.Holds(() => Sum(processor) >= before + Clicks, () => $"{Clicks} more than {before} are counted: {Sum(processor)}");
    }

    Node NewNode() => new(_broker, new MemoryStorageProvider(), "goka.processor { delivery = exactly-once, transaction.commit-interval = 20ms }");

    static async Task<Processor<long>> Start(Node node)
    {
        var processor = node.Goka.Process(GroupGraph.Define<long>("counts", g => g
            .Input("clicks", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
            .Persist(Codec.Int64)));
        await processor.Ready.WaitAsync(Node.Patience);
        return processor;
    }

    static async Task Emit(Node node)
    {
        await using var emitter = node.Goka.Emitter("clicks", Codec.String);
        await Task.WhenAll(Enumerable.Range(0, Clicks).Select(i => emitter.Emit($"user-{i % 10}", "/"))).WaitAsync(Node.Patience);
    }

    static Task Counted(Processor<long> processor, long expected) => Eventually.Holds(
        () => Sum(processor) == expected && Committed(processor) == expected,
        () => $"{expected} are counted and committed: {Sum(processor)} are, and {Committed(processor)}");

    static long Sum(Processor<long> processor) => processor.Local().Sum(e => e.Value);

    static long Committed(Processor processor) => processor.Partitions.Sum(p => p.Inputs.Sum(i => i.DoneOffset ?? 0));
}
