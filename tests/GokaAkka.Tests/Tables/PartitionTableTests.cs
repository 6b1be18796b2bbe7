using System.Buffers;

namespace GokaAkka.Tests.Tables;

public sealed class PartitionTableTests
{
    static readonly StorageId Id = new("group", "group-table", 0);

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_changed_key_is_read_at_once_and_stored_only_by_a_flush()
    {
        using var table = New();
        table.Set("a"u8, "1"u8, "1");

        Get(table, "a").ShouldBe("1");
        table.Store.Has("a"u8).ShouldBeFalse();
        table.DirtyCount.ShouldBe(1);
        Flush(table, 1).ShouldBeTrue();

        Encoding.UTF8.GetString(table.Store.Get("a"u8)!).ShouldBe("1");
        table.DirtyCount.ShouldBe(0);
        table.BeginFlush().ShouldBeNull();
    }

    [Fact]
    public void A_flush_holds_the_values_of_its_moment()
    {
        using var table = New();
        table.Set("a"u8, "1"u8, "1");
        var flush = table.BeginFlush()!;
        table.Set("a"u8, "2"u8, "2");
        table.Delete("b"u8);

        Write(table, flush, 1);

        Encoding.UTF8.GetString(table.Store.Get("a"u8)!).ShouldBe("1");
        Get(table, "a").ShouldBe("2");
        table.DirtyCount.ShouldBe(2);
    }

    [Fact]
    public void A_mutable_value_is_decoded_for_each_reader()
    {
        using var table = new PartitionTable<byte[]>(Id, Codec.Bytes, new MemoryStorage(), 1 << 20);
        var own = new byte[] { 1 };
        table.Set("a"u8, own, own);

        table.TryGet("a"u8, out var first).ShouldBeTrue();
        first![0] = 9;
        own[0] = 8;

        table.TryGet("a"u8, out var second).ShouldBeTrue();
        second.ShouldBe([1]);
    }

    [Fact]
    public async Task A_codec_that_takes_its_time_holds_up_nobody_else()
    {
        using var decoding = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        using var table = new PartitionTable<byte[]>(Id, new SlowCodec(decoding, goOn), new MemoryStorage(), 1 << 20);
        table.Set("slow"u8, "s"u8, []);
        var slow = Task.Run(() => table.TryGet("slow"u8, out var value) ? Encoding.UTF8.GetString(value) : "");
        (await decoding.WaitAsync(Patience)).ShouldBeTrue();

        await Task.Run(() => table.Set("slow"u8, "longer"u8, [])).WaitAsync(Patience);
        (await Task.Run(() => Encoding.UTF8.GetString(table.GetBytes("slow"u8)!)).WaitAsync(Patience)).ShouldBe("longer");
        goOn.Set();

        (await slow.WaitAsync(Patience)).ShouldBe("s", "what was there when it was asked for");
    }

    [Fact]
    public void A_value_that_does_not_decode_is_an_error_each_time_and_not_a_missing_key()
    {
        using var table = new PartitionTable<long>(Id, Codec.Int64, new MemoryStorage(), 1 << 20);
        using var writes = new WriteBatch();
        writes.Put("a"u8, "x"u8);
        table.ApplyChangelog(writes, new StorePosition(1, 0, 0));

        Should.Throw<TableValueException>(() => table.TryGet("a"u8, out _)).InnerException.ShouldBeOfType<FormatException>();
        Should.Throw<TableValueException>(() => table.TryGet("a"u8, out _)).Key.ToString().ShouldBe("a");
    }

    [Fact]
    public void Values_that_are_taken_for_absent_are_told_of_once_a_minute_with_their_number()
    {
        var (time, told) = (new ManualTime(), new List<string>());
        var values = new UnreadableValues(true, time, told.Add);

        for (var i = 0; i < 90; i++)
        {
            values.TryDecode(new Table<long>("t", Codec.Int64), "g", "k"u8, "x"u8, 3, out _).ShouldBeFalse();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        told.Count.ShouldBe(2);
        told[1].ShouldStartWith("Values that cannot be read were taken for absent, 61 so far. The last one: The value of key 'k' in table 't', partition 3, as g has it, ");
    }

    [Fact]
    public void A_store_that_is_closed_during_a_write_closes_at_its_end_and_takes_no_other()
    {
        var (log, store) = (new List<string>(), new WatchedStorage());
        var table = new PartitionTable<string>(Id, Codec.String, store, 1 << 20);
        store.Disposed = () => log.Add("closed");
        store.Applied = () =>
        {
            table.Dispose();
            log.Add("written");
        };
        table.Set("a"u8, "1"u8, "1");
        var flush = table.BeginFlush()!;

        table.WriteFlush(flush);

        log.ShouldBe(["written", "closed"]);
        Should.Throw<ObjectDisposedException>(() => table.WriteFlush(flush));
        table.Dispose();
        log.Count.ShouldBe(2);
    }

    [Fact]
    public void The_changelog_applied_is_seen_by_readers_that_knew_the_key_as_soon_as_by_iteration()
    {
        var store = new WatchedStorage();
        using var table = new PartitionTable<string>(Id, Codec.String, store, 1 << 20);
        Get(table, "a").ShouldBeNull();
        using var writes = new WriteBatch();
        writes.Put("a"u8, "1"u8);
        table.ApplyChangelog(writes, new StorePosition(1, 0, 0));
        Get(table, "a").ShouldBe("1");
        writes.Clear();
        writes.Put("a"u8, "2"u8);
        var seen = new List<string?>();
        store.Applied = () =>
        {
            using var all = table.Iterate(KeyRange.All);
            all.Next().ShouldBeTrue();
            seen.AddRange(Encoding.UTF8.GetString(all.Value), Get(table, "a"), Encoding.UTF8.GetString(table.GetBytes("a"u8)!));
        };

        table.ApplyChangelog(writes, new StorePosition(2, 0, 0));

        seen.ShouldBe(["2", "2", "2"]);
        Get(table, "a").ShouldBe("2");
        store.Applied = static () => { };
        writes.Clear();
        writes.Delete("a"u8);
        table.ApplyChangelog(writes, new StorePosition(3, 0, 0));
        Get(table, "a").ShouldBeNull();
    }

    [Fact]
    public void A_cache_keeps_to_its_size_once_its_entries_are_stored()
    {
        using var table = New(cacheBytes: 20_000);
        for (var i = 0; i < 2000; i++)
            table.Set(Encoding.UTF8.GetBytes($"key{i}"), "value"u8, "value");
        table.CachedKeys.ShouldBe(2000, "what is not stored is kept");
        Flush(table, 1);

        for (var i = 0; i < 2000; i++)
            Get(table, $"key{i}").ShouldBe("value");

        // Making room is spread over additions, a few buckets each: it stays near the size, not at it.
        table.CachedBytes.ShouldBeLessThan(40_000);
        table.CachedKeys.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Clearing_empties_store_and_cache()
    {
        using var table = New();
        table.Set("a"u8, "1"u8, "1");
        Flush(table, 5);
        table.Set("b"u8, "2"u8, "2");

        table.Clear();

        (Get(table, "a"), Get(table, "b"), table.DirtyCount).ShouldBe((null, null, 0));
        table.Store.Position.ShouldBe(StorePosition.None);
        table.BeginFlush().ShouldBeNull();
    }

    /// <summary>Per key, values only grow: a reader that sees one go back has read something stale.</summary>
    [Fact]
    public async Task Readers_on_other_threads_never_see_a_value_go_back()
    {
        using var table = new PartitionTable<long>(Id, Codec.Int64, new MemoryStorage(), 2_000);
        using var stop = new CancellationTokenSource();
        var reads = new long[2];
        var readers = Enumerable.Range(0, 2)
            .Select(i => Task.Factory.StartNew(() => ReadUntil(table, ref reads[i], stop.Token), TaskCreationOptions.LongRunning)).ToList();
        var deadline = Environment.TickCount64 + 20_000;

        for (var round = 1; round <= 300 || (Few(reads) && Environment.TickCount64 < deadline); round++)
        {
            for (var key = 0; key < 60; key++)
                table.Set(Encoding.UTF8.GetBytes($"k{key}"), Encoding.UTF8.GetBytes($"{round}"), round);
            if (table.BeginFlush() is { } flush)
                Write(table, flush, round);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        reads.ShouldAllBe(r => r >= 5000);
    }

    static bool Few(long[] reads) => Interlocked.Read(ref reads[0]) < 5000 || Interlocked.Read(ref reads[1]) < 5000;

    static void ReadUntil(PartitionTable<long> table, ref long reads, CancellationToken stop)
    {
        var last = new long[60];
        while (!stop.IsCancellationRequested)
        {
            for (var key = 0; key < 60; key++)
            {
                table.TryGet(Encoding.UTF8.GetBytes($"k{key}"), out var value);
                value.ShouldBeGreaterThanOrEqualTo(last[key], $"k{key}");
                last[key] = value;
                Interlocked.Increment(ref reads);
            }

            using var iterator = table.Iterate(KeyRange.All);
            while (iterator.Next())
            {
                var key = int.Parse(Encoding.UTF8.GetString(iterator.Key[1..]));
                var value = long.Parse(Encoding.UTF8.GetString(iterator.Value));
                value.ShouldBeGreaterThanOrEqualTo(last[key], $"iterated k{key}");
                last[key] = value;
            }
        }
    }

    static PartitionTable<string> New(long cacheBytes = 1 << 20) => new(Id, Codec.String, new MemoryStorage(), cacheBytes);

    static string? Get(PartitionTable<string> table, string key) => table.TryGet(Encoding.UTF8.GetBytes(key), out var value) ? value : null;

    static bool Flush<T>(PartitionTable<T> table, long next)
    {
        if (table.BeginFlush() is not { } flush)
            return false;
        Write(table, flush, next);
        return true;
    }

    static void Write<T>(PartitionTable<T> table, TableFlush flush, long next)
    {
        flush.Position = new StorePosition(next, 0, 0);
        table.WriteFlush(flush);
        table.EndFlush(flush);
    }

    sealed class WatchedStorage() : ForwardingStorage(new MemoryStorage())
    {
        public Action Applied { get; set; } = static () => { };

        public Action Disposed { get; set; } = static () => { };

        public override void Apply(WriteBatch writes, StorePosition position)
        {
            base.Apply(writes, position);
            Applied();
        }

        public override void Dispose()
        {
            Disposed();
            base.Dispose();
        }
    }

    sealed class SlowCodec(SemaphoreSlim decoding, ManualResetEventSlim goOn) : ICodec<byte[]>
    {
        public bool IsImmutable => false;

        public void Encode(byte[] value, IBufferWriter<byte> output) => output.Write(value);

        public byte[] Decode(ReadOnlySpan<byte> data)
        {
            decoding.Release();
            goOn.Wait(Patience);
            return data.ToArray();
        }
    }
}
