using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using GokaAkka.Records;
using GokaAkka.Storage;

namespace GokaAkka.Tables;

/// <summary>
/// Keys of a table in memory, up to a number of bytes. A hash table over key bytes, so that looking up allocates nothing, with second-chance
/// eviction of entries the store has. Not safe for concurrent use: its table locks.
/// </summary>
sealed class TableCache<T>(long maxBytes)
{
    const int StepsPerTrim = 16;

    CacheEntry<T>?[] _buckets = new CacheEntry<T>?[64];
    int _hand;

    public int Count { get; private set; }

    /// <summary>What the entries take, about.</summary>
    public long Bytes { get; private set; }

    public CacheEntry<T>? Find(ReadOnlySpan<byte> key, ulong hash)
    {
        for (var entry = _buckets[Slot(hash)]; entry is not null; entry = entry.Next)
        {
            if (entry.Hash != hash || !entry.Key.SequenceEqual(key))
                continue;
            entry.Referenced = true;
            return entry;
        }

        return null;
    }

    /// <summary>
    /// Has the processor fetch what a look-up will touch, one step nearer to the value each time: a table is larger than the processor's caches,
    /// and a look-up would wait for memory three times. Changes nothing, and may be called without the lock: what it sees may be outdated, and is a
    /// hint only.
    /// </summary>
    public unsafe void Prefetch(ulong hash, PrefetchStep step)
    {
        if (!Sse.IsSupported)
            return;
        var buckets = Volatile.Read(ref _buckets);
        ref var bucket = ref buckets[hash & (ulong)(buckets.Length - 1)];
        if (step == PrefetchStep.Bucket)
            Sse.Prefetch0(Unsafe.AsPointer(ref bucket));
        else
            bucket?.Prefetch(step);
    }

    /// <summary>Adds a key that is not there.</summary>
    public CacheEntry<T> Add(ReadOnlySpan<byte> key, ulong hash)
    {
        if (Count >= _buckets.Length)
            Grow();
        var entry = new CacheEntry<T>(key, hash) { Referenced = true };
        ref var bucket = ref _buckets[Slot(hash)];
        entry.Next = bucket;
        bucket = entry;
        Count++;
        Bytes += entry.Cost;
        return entry;
    }

    public void SetValue(CacheEntry<T> entry, ReadOnlySpan<byte> value)
    {
        var before = entry.Cost;
        entry.SetValue(value);
        Bytes += entry.Cost - before;
    }

    /// <summary>
    /// Makes room, if it is needed, by dropping entries the store has; those of epochs after <paramref name="flushedEpoch"/> stay. Looks at
    /// a few entries at each call, so that its cost is spread over the additions that make it necessary.
    /// </summary>
    public void Trim(long flushedEpoch)
    {
        for (var steps = StepsPerTrim; Bytes > maxBytes && steps > 0; steps--)
        {
            _hand = (_hand + 1) & (_buckets.Length - 1);
            EvictFrom(ref _buckets[_hand], flushedEpoch);
        }
    }

    /// <summary>Copies the entries of a range whose newest value is not in the store; null stands for an absent key.</summary>
    public void CopyUnflushed(long flushedEpoch, KeyRange range, SortedList<Key, byte[]?> target)
    {
        var found = new List<CacheEntry<T>>();
        foreach (var first in _buckets)
        {
            for (var entry = first; entry is not null; entry = entry.Next)
            {
                if (entry.DirtyEpoch > flushedEpoch && range.Contains(entry.Key))
                    found.Add(entry);
            }
        }

        // In order, so that each goes to the end of the list.
        found.Sort(static (a, b) => a.Key.SequenceCompareTo(b.Key));
        foreach (var entry in found)
            target.Add(Key.Copy(entry.Key), entry.IsAbsent ? null : entry.Value.ToArray());
    }

    public void Clear()
    {
        Array.Clear(_buckets);
        Count = 0;
        Bytes = 0;
    }

    void EvictFrom(ref CacheEntry<T>? link, long flushedEpoch)
    {
        ref var at = ref link;
        while (at is { } entry)
        {
            if (entry.Referenced || entry.DirtyEpoch > flushedEpoch)
            {
                entry.Referenced = false;
                at = ref entry.Next;
                continue;
            }

            at = entry.Next;
            Count--;
            Bytes -= entry.Cost;
        }
    }

    void Grow()
    {
        var old = _buckets;
        _buckets = new CacheEntry<T>?[old.Length * 2];
        foreach (var first in old)
        {
            for (var entry = first; entry is not null;)
            {
                var next = entry.Next;
                ref var bucket = ref _buckets[Slot(entry.Hash)];
                entry.Next = bucket;
                bucket = entry;
                entry = next;
            }
        }
    }

    int Slot(ulong hash) => (int)(hash & (ulong)(_buckets.Length - 1));
}
