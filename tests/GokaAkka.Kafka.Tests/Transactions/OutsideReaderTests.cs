using Confluent.Kafka;
using Node = GokaAkka.Integration.Tests.Restore.Node;
using TopicPartition = Confluent.Kafka.TopicPartition;

namespace GokaAkka.RealKafka.Transactions;

/// <summary>What transactions look like to plain clients, and what those of plain clients do to tables.</summary>
public sealed class OutsideReaderTests
{
    const int Records = 100;

    readonly string _group = KafkaClientContract.Unique("outside");

    string In => _group + "-in";

    string Out => _group + "-out";

    string Table => _group + "-table";

    [Fact]
    public async Task What_a_processor_has_written_must_be_seen_with_its_offsets_once_it_is_committed_and_be_done_again_when_its_transaction_is_aborted()
    {
        await using var node = KafkaNodes.Start(hocon: $"goka.processor {{ delivery = exactly-once, transaction {{ id = {_group}, timeout = 60s }} }}");
        await MakeTopics(node, In, Out);
        // The first record holds up the first transaction until the test lets it go.
        var held = new TaskCompletionSource<DeferredCommit>(TaskCreationOptions.RunContinuationsAsynchronously);
        var processor = node.Goka.Process(GroupGraph.Define<long>(_group, g => g
            .Input(In, Codec.Int64, (ctx, number) =>
            {
                if (number == 0 && !held.Task.IsCompleted)
                    held.SetResult(ctx.DeferCommit());
                ctx.SetValue(ctx.Value + 1);
                ctx.Emit(Out, ctx.Key, number);
            })
            .Output(Out, Codec.Int64)
            .Persist(Codec.Int64)));
        await processor.Ready.WaitAsync(Node.Patience);
        await using (var emitter = node.Goka.Emitter(In, Codec.Int64))
            await Task.WhenAll(Enumerable.Range(0, Records).Select(i => emitter.Emit("k", i))).WaitAsync(Node.Patience);

        var deferred = await held.Task.WaitAsync(Node.Patience);
        await Eventually.Holds(() => Read(Out, IsolationLevel.ReadUncommitted).Count > 0, () => "nothing was written");
        Read(Out).ShouldBeEmpty();
        Read(Table).ShouldBeEmpty();
        Committed().ShouldBe(Offset.Unset);

        // Somebody else takes the id, and with it the transaction: the processor is a zombie.
        using (new Transactional(_group))
        {
            var aborted = Read(Out, IsolationLevel.ReadUncommitted).Count;
            deferred.Complete();
            await Eventually.Holds(() => Committed() == Records, () => $"committed is {Committed()}\n{string.Join('\n', node.Log)}");
            Read(Out).ShouldBe(Enumerable.Range(0, Records).Select(static i => $"{i}"));
            Read(Table)[^1].ShouldBe($"{Records}");
            Read(Out, IsolationLevel.ReadUncommitted).Count.ShouldBe(aborted + Records);
        }

        processor.Local().Single().Value.ShouldBe(Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restore_must_pass_over_what_was_aborted_and_wait_for_what_is_open_until_it_is_decided(bool commits)
    {
        await using var node = KafkaNodes.Start();
        await MakeTopics(node, In);
        using (var topics = node.Goka.CreateTopicManager())
            await topics.EnsureTable(Table, 1);
        var truth = Enumerable.Range(0, Records).ToDictionary(static i => $"key-{i}", static _ => "committed");
        using (var writer = new Transactional(_group + "-before"))
            writer.Write(Table, [.. truth.Select(static t => (t.Key, t.Value))]).End(commits: true);
        using (var writer = new Transactional(_group + "-aborted"))
            writer.Write(Table, ("key-0", "aborted"), ("new", "aborted")).End(commits: false);
        using var open = new Transactional(_group + "-open").Write(Table, ("key-1", "open"));

        var processor = node.Goka.Process(GroupGraph.Define<string>(_group, g => g.Input(In, Codec.String, static (_, _) => { }).Persist(Codec.String)));
        await using var view = node.Goka.View(Table, Codec.String);
        await Eventually.Holds(
            () => processor.Partitions.Sum(p => p.Restored) == Records && view.Partitions.Sum(p => p.Restored) == Records,
            () => $"restored are {processor.Partitions.Sum(p => p.Restored)}, and {view.Partitions.Sum(p => p.Restored)} in the view");
        processor.Ready.IsCompleted.ShouldBeFalse();
        processor.Partitions.Single().State.ShouldBe(PartitionState.Restoring);

        open.End(commits);
        await processor.Ready.WaitAsync(Node.Patience);
        await view.Ready.WaitAsync(Node.Patience);

        if (commits)
            truth["key-1"] = "open";
        processor.Local().ToDictionary(static e => e.Key.ToString(), static e => e.Value).ShouldBe(truth, ignoreOrder: true);
        await Eventually.Holds(() => truth.All(t => view.Get(t.Key) == t.Value) && !view.Has("new"), () => "the view is another");
    }

    static async Task MakeTopics(Node node, params string[] names)
    {
        using var topics = node.Goka.CreateTopicManager();
        foreach (var name in names)
            await topics.Create(new TopicSpec(name, 1));
    }

    static List<string> Read(string topic, IsolationLevel isolation = IsolationLevel.ReadCommitted) =>
        [.. Clients.ReadToEnd(KafkaRun.Bootstrap, topic, 1, isolation).Select(static r => Encoding.UTF8.GetString(r.Message.Value))];

    Offset Committed()
    {
        using var consumer = Clients.Consumer(KafkaRun.Bootstrap, _group);
        return consumer.Committed([new TopicPartition(In, 0)], Clients.Deadline).Single().Offset;
    }
}
