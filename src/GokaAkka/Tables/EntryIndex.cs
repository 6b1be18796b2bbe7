using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace GokaAkka.Tables;

/// <summary>
/// The buckets of a cache's hash table, each the first of a chain of entries. Grows by linear hashing, a few buckets at a time: however large it
/// is, no addition waits for all of it to be arranged anew.
/// </summary>
sealed class EntryIndex<T>(EntrySlab<T> slab)
{
    const int First = 16;

    // So many at a time, whose entries memory then fetches side by side.
    const int Split = 8;

    int[] _buckets = new int[First];

    // The buckets there are. Those of the lower half of the mask up to here are split, and their entries' next bit of the hash counts.
    int _used = First;
    uint _mask = First - 1;

    /// <summary>The first entry of the chain a hash is in; 0 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Head(ulong hash) => _buckets[Slot(hash)];

    /// <summary>Adds an entry to the chain of its hash.</summary>
    public void Link(int index)
    {
        // Three entries to four buckets.
        if (slab.Count > _used - _used / 4)
            Grow();
        Link(index, ref slab[index]);
    }

    /// <summary>Takes an entry out of its chain.</summary>
    public void Unlink(int index)
    {
        ref var link = ref _buckets[Slot(slab[index].Hash)];
        while (link != index)
            link = ref slab[link].Next;
        link = slab[index].Next;
    }

    /// <summary>Has the processor fetch a bucket. A hint, and of any thread.</summary>
    public unsafe void Prefetch(ulong hash)
    {
        var buckets = Volatile.Read(ref _buckets);
        if (Sse.IsSupported && Slot(hash) is var slot && slot < buckets.Length)
            Sse.Prefetch0(Unsafe.AsPointer(ref buckets[slot]));
    }

    /// <summary>As <see cref="Head"/>, of any thread: what is found may be outdated.</summary>
    public int Peek(ulong hash)
    {
        var buckets = Volatile.Read(ref _buckets);
        var slot = Slot(hash);
        return slot < buckets.Length ? buckets[slot] : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Slot(ulong hash)
    {
        var slot = (int)((uint)hash & _mask);
        var half = (int)((uint)slot & (_mask >> 1));
        return slot < _used ? slot : half;
    }

    void Link(int index, ref CacheEntry<T> entry)
    {
        ref var bucket = ref _buckets[Slot(entry.Hash)];
        entry.Next = bucket;
        bucket = index;
    }

    void Grow()
    {
        if (_used == _buckets.Length)
        {
            if (_used > Array.MaxLength / 2)
                return;
            Array.Resize(ref _buckets, _used * 2);
            _mask = (uint)(_used * 2 - 1);
        }

        var from = _used & (int)(_mask >> 1);
        for (var i = 0; i < Split; i++)
            slab.Prefetch(_buckets[from + i]);
        _used += Split;
        for (var i = 0; i < Split; i++)
        {
            var index = _buckets[from + i];
            _buckets[from + i] = 0;
            while (index != 0)
            {
                ref var entry = ref slab[index];
                var next = entry.Next;
                Link(index, ref entry);
                index = next;
            }
        }
    }
}
