using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace GokaAkka.Tests.Tables;

public sealed class TableCacheTests
{
    const long NothingDirty = long.MaxValue;

    [Fact]
    public void Every_key_is_found_while_the_hash_table_grows()
    {
        const int keys = 100_000;
        var cache = new TableCache<long>(long.MaxValue);
        for (var i = 0; i < keys; i++)
        {
            Set(cache, i, BitConverter.GetBytes(i));
            // The newest, an older one, and one that is not there.
            Value(cache, i).ShouldBe(BitConverter.GetBytes(i));
            Value(cache, i / 2).ShouldBe(BitConverter.GetBytes(i / 2));
            Value(cache, keys + i).ShouldBeNull();
        }

        cache.Count.ShouldBe(keys);
    }

    [Fact]
    public void Empty_keys_and_empty_values_are_keys_and_values()
    {
        var cache = new TableCache<long>(long.MaxValue);
        var hash = KeyHash.Compute([]);
        cache.Find([], hash).ShouldBe(0);
        var index = cache.Add([], hash, 0);
        cache[index].IsAbsent.ShouldBeTrue();

        cache.SetValue(ref cache[index], []);

        cache.Find([], hash).ShouldBe(index);
        cache[index].IsAbsent.ShouldBeFalse();
        cache.Value(ref cache[index]).Length.ShouldBe(0);
        cache.SetAbsent(ref cache[index]);
        cache[index].IsAbsent.ShouldBeTrue();
    }

    [Fact]
    public void What_is_dropped_makes_room_for_what_comes_without_another_byte()
    {
        var cache = new TableCache<long>(64 * 1024);
        var value = new byte[100];
        Replace(0, 10_000);
        var held = cache.HeldBytes;
        var before = GC.GetAllocatedBytesForCurrentThread();

        Replace(10_000, 50_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        cache.HeldBytes.ShouldBe(held);
        cache.Bytes.ShouldBeInRange(60 * 1024, 66 * 1024);

        void Replace(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                cache.Trim(NothingDirty);
                Set(cache, i, value);
            }
        }
    }

    [Fact]
    public void Values_given_back_let_their_memory_go_and_those_that_stay_keep_their_bytes()
    {
        const int keys = 5000;
        var cache = new TableCache<long>(long.MaxValue);
        for (var i = 0; i < keys; i++)
            Set(cache, i, Filled(i, 1000));
        cache.HeldBytes.ShouldBeGreaterThan(keys * 1000L);

        for (var i = 0; i < keys; i++)
        {
            if (i % 5 != 0)
                cache.SetAbsent(ref cache[Find(cache, i)]);
        }

        cache.HeldBytes.ShouldBeLessThan(3_000_000);
        cache.Bytes.ShouldBeLessThan(2_000_000);
        for (var i = 0; i < keys; i++)
            Value(cache, i).ShouldBe(i % 5 == 0 ? Filled(i, 1000) : null, $"key {i}");
    }

    [Fact]
    public void Large_values_are_given_back_at_once()
    {
        var cache = new TableCache<long>(long.MaxValue);
        for (var i = 0; i < 20; i++)
            Set(cache, i, Filled(i, 100_000));
        cache.HeldBytes.ShouldBeGreaterThan(2_000_000);

        for (var i = 1; i < 20; i++)
            cache.SetValue(ref cache[Find(cache, i)], Filled(i, 10));

        cache.HeldBytes.ShouldBeLessThan(120_000);
        Value(cache, 0).ShouldBe(Filled(0, 100_000));
        Value(cache, 19).ShouldBe(Filled(19, 10));
    }

    [Fact]
    public void A_small_table_takes_little()
    {
        var cache = new TableCache<long>(long.MaxValue);
        for (var i = 0; i < 10; i++)
            Set(cache, i, Filled(i, 8));
        cache.HeldBytes.ShouldBe(0);
        cache.Bytes.ShouldBeLessThan(800);

        for (var i = 0; i < 10; i++)
            cache.SetValue(ref cache[Find(cache, i)], Filled(i, 30));

        cache.HeldBytes.ShouldBeLessThanOrEqualTo(512);
        cache.Bytes.ShouldBeLessThan(1200);
    }

    /// <summary>What is short lies in its entry, what is longer in a block, what is large in an array of its own.</summary>
    [Fact]
    public void A_value_may_change_its_length_to_any_other()
    {
        var cache = new TableCache<long>(long.MaxValue);
        Set(cache, 1, []);
        foreach (var length in (int[])[16, 17, 8, 300, 16, 4, 40_000, 3, 100, 20, 40_000, 300, 17, 0])
        {
            cache.SetValue(ref cache[Find(cache, 1)], Filled(length, length));
            Value(cache, 1).ShouldBe(Filled(length, length), $"{length} bytes");
        }

        cache.SetAbsent(ref cache[Find(cache, 1)]);
        Value(cache, 1).ShouldBeNull();
        cache.HeldBytes.ShouldBeLessThanOrEqualTo(1024);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_decoded_value_is_let_go_with_its_entry(bool isDeleted)
    {
        using var table = new PartitionTable<string>(new StorageId("group", "group-table", 0), Codec.String, new MemoryStorage(), 2000);
        var value = SetOne(table);
        if (isDeleted)
            table.Delete("one"u8);
        table.EndFlush(table.BeginFlush()!);

        for (var i = 0; i < 1000; i++)
            table.TryGet(BitConverter.GetBytes(i), out _);

        GC.Collect();
        value.TryGetTarget(out _).ShouldBeFalse();
    }

    /// <summary>What is looked ahead at has no lock: nothing it reads may be trusted, whatever becomes of the cache meanwhile.</summary>
    [Fact]
    public async Task Looking_ahead_does_no_harm_while_the_cache_changes()
    {
        var cache = new TableCache<string>(100_000);
        using var stop = new CancellationTokenSource();
        var seed = Environment.TickCount;
        var looking = Task.Factory.StartNew(() => LookAhead(cache, new Random(seed), stop.Token), TaskCreationOptions.LongRunning);
        var random = new Random(seed + 1);

        for (var step = 0; step < 200_000; step++)
        {
            cache.Trim(NothingDirty);
            var key = random.Next(5000);
            var index = Find(cache, key);
            if (index == 0)
                index = cache.Add(Key(key), KeyHash.Compute(Key(key)), 0);
            cache.SetValue(ref cache[index], new byte[random.Next(100) == 0 ? 40_000 : random.Next(200)]);
            if (step % 50_000 == 0)
                cache.Clear();
        }

        await stop.CancelAsync();
        (await looking).ShouldBeGreaterThan(0);
    }

    static long LookAhead(TableCache<string> cache, Random random, CancellationToken stop)
    {
        long looks = 0;
        do
        {
            var hash = KeyHash.Compute(Key(random.Next(5000)));
            cache.Prefetch(hash, PrefetchStep.Bucket);
            cache.Prefetch(hash, PrefetchStep.Entry);
            cache.Prefetch(hash, PrefetchStep.Data);
            cache.Prefetch(random.Next(), PrefetchStep.Data);
            cache.Prefetch(-random.Next(), PrefetchStep.Entry);
            looks++;
        }
        while (!stop.IsCancellationRequested);
        return looks;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference<string> SetOne(PartitionTable<string> table)
    {
        var value = new string('x', 10);
        table.Set("one"u8, "xxxxxxxxxx"u8, value);
        return new WeakReference<string>(value);
    }

    static void Set<T>(TableCache<T> cache, int key, ReadOnlySpan<byte> value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, key);
        cache.SetValue(ref cache[cache.Add(bytes, KeyHash.Compute(bytes), value.Length)], value);
    }

    static int Find<T>(TableCache<T> cache, int key) => cache.Find(Key(key), KeyHash.Compute(Key(key)));

    static byte[]? Value<T>(TableCache<T> cache, int key) => Find(cache, key) is var index && index == 0 || cache[index].IsAbsent
        ? null
        : cache.Value(ref cache[index]).ToArray();

    static byte[] Key(int key) => BitConverter.GetBytes(key);

    static byte[] Filled(int mark, int length)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, (byte)mark);
        return bytes;
    }
}
