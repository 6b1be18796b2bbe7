namespace GokaAkka.Storage.Tests;

/// <summary>Readers beside the writer.</summary>
public abstract class ConcurrencyConformance<TFixture> : StoreSuite<TFixture>
    where TFixture : IStoreFixture, new()
{
    const int Keys = 40;
    const int Batches = 150;

    [StoreFact]
    public async Task Readers_must_see_every_batch_whole_and_in_order_while_it_is_written()
    {
        WriteRound(Store, 0);
        using var done = new CancellationTokenSource();
        var readers = new[]
        {
            Task.Run(() => UntilCancelled(done.Token, () => ReadAll(Store))),
            Task.Run(() => UntilCancelled(done.Token, () => ReadOne(Store))),
        };
        for (var round = 1; round <= Batches && !readers.Any(reader => reader.IsCompleted); round++)
            WriteRound(Store, round);
        await done.CancelAsync();
        var reads = await Task.WhenAll(readers);
        reads.ShouldAllBe(count => count > 0);
        Store.Dump().ShouldAllBe(entry => entry.EndsWith($"={Batches}"));
    }

    static void WriteRound(IStorage store, int round) =>
        store.Write(round, [.. Enumerable.Range(0, Keys).Select(i => (new Key($"k{i}"), (string?)$"{round}"))]);

    static int UntilCancelled(CancellationToken cancelled, Func<int> read)
    {
        var last = -1;
        var reads = 0;
        do
        {
            var now = read();
            now.ShouldBeGreaterThanOrEqualTo(last, $"read {reads} went back in time");
            last = now;
            reads++;
        }
        while (!cancelled.IsCancellationRequested);
        return reads;
    }

    static int ReadAll(IStorage store)
    {
        var positionBefore = store.Position.NextOffset;
        using var iterator = store.Iterate(KeyRange.All);
        var rounds = new HashSet<int>();
        var count = 0;
        for (; iterator.Next(); count++)
            rounds.Add(int.Parse(Encoding.ASCII.GetString(iterator.Value)));
        count.ShouldBe(Keys);
        rounds.Count.ShouldBe(1, $"one snapshot showed the rounds {string.Join(", ", rounds)}");
        ((long)rounds.Single()).ShouldBeGreaterThanOrEqualTo(positionBefore, "the contents are behind the position that was read before");
        return rounds.Single();
    }

    static int ReadOne(IStorage store) => int.Parse(store.Text("k7").ShouldNotBeNull());
}
