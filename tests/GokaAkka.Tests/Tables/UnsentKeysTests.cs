namespace GokaAkka.Tests.Tables;

public sealed class UnsentKeysTests
{
    [Fact]
    public void Of_each_key_the_newest_value_and_headers_are_taken_in_the_order_of_first_change()
    {
        using var table = New();
        var unsent = table.TrackUnsent();
        Set(table, "b", "1", Headers.Of("h", "old"));
        Set(table, "a", "2", Headers.Of("h", "a"));
        Set(table, "b", "3", Headers.Of("h", "new"));
        table.Delete("c"u8);

        Take(unsent).ShouldBe(["b=3 new", "a=2 a", "c deleted"]);

        Set(table, "b", "4");
        Take(unsent).ShouldBe(["b=4"]);
        Take(unsent).ShouldBeEmpty();
    }

    [Fact]
    public void What_waits_to_be_sent_stays_in_the_cache_though_it_is_stored_and_there_is_no_room()
    {
        using var table = New(cacheBytes: 0);
        var unsent = table.TrackUnsent();
        for (var i = 0; i < 100; i++)
            Set(table, $"k{i}", $"{i}");
        Flush(table);
        ReadOthers(table);
        table.CachedKeys.ShouldBeGreaterThanOrEqualTo(100);

        Take(unsent).ShouldBe(Enumerable.Range(0, 100).Select(i => $"k{i}={i}"));

        ReadOthers(table);
        table.CachedKeys.ShouldBeLessThan(100);
    }

    [Fact]
    public void A_cleared_table_has_nothing_to_send()
    {
        using var table = New();
        var unsent = table.TrackUnsent();
        Set(table, "a", "1");

        table.Clear();

        Take(unsent).ShouldBeEmpty();
        Set(table, "b", "2");
        Take(unsent).ShouldBe(["b=2"]);
    }

    [Fact]
    public void Who_tracks_anew_gets_every_key_that_is_changed_from_then_on()
    {
        using var table = New();
        table.TrackUnsent();
        Set(table, "a", "1");

        var unsent = table.TrackUnsent();
        Take(unsent).ShouldBeEmpty();
        Set(table, "a", "2");

        Take(unsent).ShouldBe(["a=2"]);
    }

    /// <summary>Readers drop entries and move bytes while what is unsent is taken.</summary>
    [Fact]
    public async Task What_is_taken_is_right_whatever_others_read_meanwhile()
    {
        using var table = New(cacheBytes: 10_000);
        var unsent = table.TrackUnsent();
        using var stop = new CancellationTokenSource();
        var reading = Task.Factory.StartNew(() => ReadUntil(table, stop.Token), TaskCreationOptions.LongRunning);

        for (var round = 0; round < 300; round++)
        {
            var values = Enumerable.Range(0, 50).Select(i => $"k{i}={new string((char)('a' + i % 26), (round * 7 + i) % 90)}").ToList();
            foreach (var value in values)
                Set(table, value[..value.IndexOf('=')], value[(value.IndexOf('=') + 1)..]);

            Take(unsent).ShouldBe(values, $"round {round}");
            Flush(table);
        }

        await stop.CancelAsync();
        await reading;
    }

    static void ReadUntil(PartitionTable<string> table, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
            table.TryGet(Encoding.UTF8.GetBytes($"{i % 3000}{new string('x', i % 60)}"), out _);
    }

    static void ReadOthers(PartitionTable<string> table)
    {
        for (var i = 0; i < 1000; i++)
            table.TryGet(Encoding.UTF8.GetBytes($"other{i}"), out _);
    }

    static List<string> Take(UnsentKeys<string> unsent)
    {
        var taken = new List<string>();
        for (var i = 0; i < unsent.Count; i++)
        {
            var key = unsent.Take(i);
            var value = key.IsDelete ? " deleted" : $"={Encoding.UTF8.GetString(key.Value)}";
            var headers = key.Headers is [var header] ? $" {Encoding.UTF8.GetString(header.Value.Span)}" : "";
            taken.Add(Encoding.UTF8.GetString(key.Key) + value + headers);
        }

        unsent.Clear();
        return taken;
    }

    static PartitionTable<string> New(long cacheBytes = 1 << 20) =>
        new(new StorageId("group", "group-table", 0), Codec.String, new MemoryStorage(), cacheBytes);

    static void Set(PartitionTable<string> table, string key, string value, Headers? headers = null) =>
        table.Set(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), value, headers);

    static void Flush(PartitionTable<string> table)
    {
        var flush = table.BeginFlush()!;
        flush.Position = new StorePosition(1, 0, 0);
        table.WriteFlush(flush);
        table.EndFlush(flush);
    }
}
