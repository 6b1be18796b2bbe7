using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace GokaAkka.Tables;

/// <summary>
/// The entries of a cache, side by side in a few large arrays and named by an index: no object per key for the garbage collector to follow, and
/// nothing it would move. The first array grows with the entries, so that a small table takes little. Starts at index 1.
/// </summary>
sealed class EntrySlab<T>
{
    // Large enough for the heap of large objects, which are never moved.
    const int ChunkBits = 11;
    const int ChunkSize = 1 << ChunkBits;
    const int FirstSize = 16;
    const int CacheLine = 64;

    // Null where no entry was ever in use.
    CacheEntry<T>[]?[] _chunks = [new CacheEntry<T>[FirstSize]];
    int _used = 1;
    int _free;

    /// <summary>Entries in use.</summary>
    public int Count { get; private set; }

    /// <summary>No index so large was ever in use.</summary>
    public int End => _used;

    /// <summary>An entry. The reference is good until the next <see cref="Take"/>.</summary>
    public ref CacheEntry<T> this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _chunks[index >> ChunkBits]![index & (ChunkSize - 1)];
    }

    /// <summary>A place for an entry, whose fields the caller sets.</summary>
    public int Take()
    {
        Count++;
        if (_free != 0)
        {
            var index = _free;
            _free = this[index].Next;
            return index;
        }

        if (_used == int.MaxValue)
            throw new InsufficientMemoryException("A table's cache has no place for more keys.");
        if ((_used & (ChunkSize - 1)) == 0 || _used == _chunks[0]!.Length)
            Grow();
        return _used++;
    }

    /// <summary>Lets go of an entry, and of what it refers to.</summary>
    public void Give(int index)
    {
        this[index].SetFree(_free);
        _free = index;
        Count--;
    }

    /// <summary>Has the processor fetch an entry. A hint, and of any thread: an index that is outdated or was never in use does no harm.</summary>
    public unsafe void Prefetch(int index)
    {
        if (!Sse.IsSupported || !TryFind(index, out var chunk, out var at))
            return;
        var address = (byte*)Unsafe.AsPointer(ref chunk[at]);
        Sse.Prefetch0(address);
        Sse.Prefetch0(address + Math.Min(Unsafe.SizeOf<CacheEntry<T>>(), CacheLine) - 1);
    }

    /// <summary>The block an entry is said to have, if it has one. Of any thread: what is found may be outdated.</summary>
    public bool TryPeek(int index, out int block, out int length)
    {
        (block, length) = (0, 0);
        if (!TryFind(index, out var chunk, out var at) || chunk[at].SizeClass == CacheEntry<T>.IsInline)
            return false;
        ref var entry = ref chunk[at];
        (block, length) = (entry.Block, entry.DataLength);
        return true;
    }

    bool TryFind(int index, out CacheEntry<T>[] chunk, out int at)
    {
        var chunks = Volatile.Read(ref _chunks);
        at = index & (ChunkSize - 1);
        chunk = (index > 0 && index >> ChunkBits < chunks.Length ? chunks[index >> ChunkBits] : null) ?? [];
        return at < chunk.Length;
    }

    // Readers of hints have no lock: what they find is whole, the old or the new.
    void Grow()
    {
        var slot = _used >> ChunkBits;
        if (slot == _chunks.Length)
        {
            var more = new CacheEntry<T>[slot * 2][];
            _chunks.CopyTo(more, 0);
            _chunks = more;
        }

        var chunk = new CacheEntry<T>[slot > 0 ? ChunkSize : _used * 2];
        _chunks[slot]?.CopyTo(chunk, 0);
        _chunks[slot] = chunk;
    }
}
