using Confluent.Kafka;
using GokaAkka.Storage.LiteDb;
using TopicPartitionOffset = Confluent.Kafka.TopicPartitionOffset;
using Node = GokaAkka.Integration.Tests.Restore.Node;

namespace GokaAkka.RealKafka.Restore;

/// <summary>Tables whose topics have been compacted by real brokers: offsets are missing, and deletions after their time as well.</summary>
public sealed class CompactionTests(ITestOutputHelper output) : IDisposable
{
    const int Keys = 20;
    const int Rounds = 30;

    static readonly string[] Gone = ["key-1", "key-2", "key-3"];

    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("goka-compaction-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(0, true)]
    [InlineData(86_400_000, false)]
    public async Task What_is_restored_from_a_compacted_topic_must_be_the_table_with_an_old_store_and_with_none_and_in_a_view(int keepsTombstonesMs, bool forgetsDeletions)
    {
        var table = await CompactedTable.Create("compact", TimeSpan.FromMilliseconds(keepsTombstonesMs));
        await Run(table, "kept", (node, processor) => table.Change(node, processor, Values("old", 0, Keys)));
        Dictionary<string, string> truth = [];
        await Run(table, "other", async (node, processor) =>
        {
            await table.Change(node, processor, Values("new", 1, Keys));
            await table.Change(node, processor, [.. Gone.Select(k => (k, ""))]);
            await table.Compact(node, processor, k => forgetsDeletions && Gone.Contains(k));
            truth = Contents(processor);
        });

        truth.Count.ShouldBe(Keys - Gone.Length);
        var records = table.Records();
        output.WriteLine($"{records.Count} records, from {records[0].Offset} to {records[^1].Offset}, {records.Count(r => r.Message.Value is null)} deletions");
        records[^1].Offset.Value.ShouldBeGreaterThan(2 * Rounds * (Keys - 1), "so many were written");
        records.Count(r => r.Message.Value is null).ShouldBe(forgetsDeletions ? 0 : Gone.Length);
        foreach (var store in new[] { "kept", "none" })
        {
            var log = await Run(table, store, (_, processor) =>
            {
                Contents(processor).ShouldBe(truth, ignoreOrder: true, store);
                processor.Partitions.Single().Restored.ShouldBeLessThanOrEqualTo(records.Count);
                return Task.CompletedTask;
            });
            // The last record that the store has applied is compacted away in any case.
            log.Any(l => l.Contains("is emptied") && l.Contains("deletions may be missing")).ShouldBe(store == "kept" && forgetsDeletions, string.Join('\n', log));
        }

        await using var viewer = KafkaNodes.Start();
        await using var view = viewer.Goka.View(table.Topic, Codec.String);
        await view.Ready.WaitAsync(Node.Patience);
        truth.ShouldAllBe(t => view.Get(t.Key) == t.Value);
        Gone.ShouldAllBe(k => !view.Has(k));
    }

    [Fact]
    public async Task A_store_that_ends_before_the_topic_begins_must_be_restored_from_what_there_is()
    {
        var table = await CompactedTable.Create("compact,delete", TimeSpan.FromDays(1));
        await Run(table, "kept", (node, processor) => table.Change(node, processor, Values("old", 0, Keys)));
        await Run(table, "other", (node, processor) => table.Change(node, processor, Values("new", 0, Keys)));
        var from = 3L * Rounds * Keys / 2;
        using (var admin = Clients.Admin(KafkaRun.Bootstrap))
        {
            // The client asks for a leader that it does not know on two threads at once, which may end the process (NativeOffsets).
            admin.GetMetadata(table.Topic, Node.Patience);
            await admin.DeleteRecordsAsync([new TopicPartitionOffset(table.Topic, 0, from)]);
        }

        var left = table.Records();
        left[0].Offset.Value.ShouldBe(from);

        var log = await Run(table, "kept", (_, processor) =>
        {
            processor.Partitions.Single().Restored.ShouldBe(left.Count);
            Contents(processor).ShouldBe(Values("new", 0, Keys)[^Keys..].ToDictionary(), ignoreOrder: true);
            return Task.CompletedTask;
        });

        log.ShouldContain(l => l.Contains("is emptied") && l.Contains($"the changelog starts at {from}"));
    }

    /// <summary>Values of keys from the first round to the last; only the last are to stay.</summary>
    static (string Key, string Value)[] Values(string what, int from, int to) =>
        [.. Enumerable.Range(1, Rounds).SelectMany(r => Enumerable.Range(from, to - from).Select(k => ($"key-{k}", $"{what}-{r}")))];

    static Dictionary<string, string> Contents(Processor<string> processor) =>
        processor.Local().Where(e => e.Key != CompactedTable.Roller).ToDictionary(e => e.Key.ToString(), e => e.Value);

    /// <summary>Runs the group on a store, from its restore to a clean end.</summary>
    async Task<IReadOnlyCollection<string>> Run(CompactedTable table, string store, Func<Node, Processor<string>, Task> act)
    {
        IStorageProvider storage = store == "none" ? new MemoryStorageProvider() : new LiteDbStorageProvider(Path.Combine(_directory.FullName, store));
        // A table that loses its beginning is none that a group would start with by itself.
        await using var node = KafkaNodes.Start(storage, "goka.kafka.on-mismatch = ignore");
        var processor = node.Goka.Process(table.Graph);
        await processor.Ready.WaitAsync(Node.Patience);
        await act(node, processor);
        return node.Log;
    }
}
