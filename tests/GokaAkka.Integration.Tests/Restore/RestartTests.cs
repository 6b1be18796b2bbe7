using System.Text.RegularExpressions;
using GokaAkka.Storage.LiteDb;

namespace GokaAkka.Integration.Tests.Restore;

[Collection(RestoreCollection.Name)]
public sealed class RestartTests : IDisposable
{
    const int Partitions = 2;
    const int First = 300;
    const int Second = 40;

    readonly EmbeddedBroker _broker = EmbeddedBroker.Start();
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("goka-restart-");

    static GroupGraph<long> Counts => GroupGraph.Define<long>("counts", g => g
        .Input("clicks", Codec.String, (ctx, _) => ctx.SetValue(ctx.Value + 1))
        .Persist(Codec.Int64));

    public void Dispose()
    {
        _broker.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_restart_must_restore_what_is_newer_than_the_store_and_all_when_the_store_is_gone_and_log_how_much()
    {
        _broker.CreateTopic("clicks", Partitions);
        var (kept, other, gone) = (Store("kept"), Store("other"), Store("gone"));

        (await Run(kept, First)).ShouldBe(new Restored(0, 0, First), "a new table is empty");
        // Meanwhile another node has the partitions, with a store of its own.
        (await Run(other, Second)).ShouldBe(new Restored(First, First, First + Second));

        (await Run(kept, 0)).ShouldBe(new Restored(Second, Second, First + Second), "the store had the rest");
        (await Run(kept, 0)).ShouldBe(new Restored(0, 0, First + Second), "nothing is new");
        (await Run(gone, 0)).ShouldBe(new Restored(First + Second, First + Second, First + Second), "there was no store");
        Directory.Delete(Path.Combine(_directory.FullName, "kept"), recursive: true);
        (await Run(kept, 0)).ShouldBe(new Restored(First + Second, First + Second, First + Second), "the store was deleted");
    }

    LiteDbStorageProvider Store(string name) => new(Path.Combine(_directory.FullName, name));

    /// <summary>Starts a node, emits clicks and stops it when all of them are counted.</summary>
    async Task<Restored> Run(LiteDbStorageProvider store, int clicks)
    {
        var node = new Node(_broker, store);
        long restored, sum;
        await using (node)
        {
            var processor = node.Goka.Process(Counts);
            await processor.Ready.WaitAsync(Node.Patience);
            restored = processor.Partitions.Sum(p => p.Restored);
            var before = Sum(processor);
            await using (var emitter = node.Goka.Emitter("clicks", Codec.String))
                await Task.WhenAll(Enumerable.Range(0, clicks).Select(i => emitter.Emit($"user-{i % 10}", "/"))).WaitAsync(Node.Patience);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            using var deadline = new CancellationTokenSource(Node.Patience);
            while ((sum = Sum(processor)) < before + clicks)
                await timer.WaitForNextTickAsync(deadline.Token);
        }

        return new Restored(restored, LoggedBy(node), sum);
    }

    static long Sum(Processor<long> processor) => processor.Local().Sum(e => e.Value);

    static long LoggedBy(Node node)
    {
        var lines = node.Log.Select(l => Regex.Match(l, @"^Table counts/counts-table\.\d+ is restored: (\d+) records")).Where(m => m.Success).ToList();
        lines.Count.ShouldBe(Partitions, string.Join('\n', node.Log));
        return lines.Sum(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    /// <param name="Reported">Records restored, by the partitions' figures.</param>
    /// <param name="Logged">Records restored, by the log.</param>
    /// <param name="Sum">What the table adds up to in the end.</param>
    sealed record Restored(long Reported, long Logged, long Sum);
}
