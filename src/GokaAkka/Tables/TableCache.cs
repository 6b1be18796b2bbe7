using System.Runtime.CompilerServices;

namespace GokaAkka.Tables;

/// <summary>
/// Keys of a table in memory, up to a number of bytes. A hash table over key bytes, so that looking up allocates nothing, with second-chance
/// eviction of entries the store has. Entries and bytes lie in large arrays: a key is no object. Not safe for concurrent use: its table locks.
/// </summary>
/// <remarks>
/// An index names its entry until the next <see cref="Trim"/>; while the newest value is not in the store, or waits to be sent, until it is. A
/// reference to an entry is good until the next <see cref="Add"/>.
/// </remarks>
sealed class TableCache<T>
{
    const int StepsPerTrim = 32;
    const int StepsPerMove = 16;

    readonly long _maxBytes;
    EntrySlab<T> _slab;
    EntryIndex<T> _index;
    ByteArena _arena;
    int _hand;
    int _mover;

    public TableCache(long maxBytes)
    {
        _maxBytes = maxBytes;
        Clear();
    }

    public int Count => _slab.Count;

    /// <summary>
    /// What the entries take, about; that of decoded values is not counted. Beside it there is room for entries to come: of the places of entries
    /// at most as many as were in use at once, of bytes as many as are in use (<see cref="ByteArena.IsWasteful"/>).
    /// </summary>
    public long Bytes => _slab.Count * (long)EntryCost + _arena.UsedBytes;

    /// <summary>The bytes of keys and values, and what is kept for those to come.</summary>
    public long HeldBytes => _arena.HeldBytes;

    // Buckets take 5 to 11 B an entry.
    static int EntryCost => Unsafe.SizeOf<CacheEntry<T>>() + 8;

    public ref CacheEntry<T> this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _slab[index];
    }

    /// <summary>The index of a key's entry; 0 for none.</summary>
    public int Find(ReadOnlySpan<byte> key, ulong hash)
    {
        var index = _index.Head(hash);
        while (index != 0)
        {
            ref var entry = ref _slab[index];
            if (entry.Hash == hash && Key(ref entry).SequenceEqual(key))
            {
                entry.Referenced = true;
                return index;
            }

            index = entry.Next;
        }

        return 0;
    }

    public ReadOnlySpan<byte> Key(ref CacheEntry<T> entry) => Data(ref entry, entry.KeyLength);

    public ReadOnlySpan<byte> Value(ref CacheEntry<T> entry) => entry.IsAbsent ? default : Data(ref entry, entry.DataLength)[entry.KeyLength..];

    /// <summary>What an entry takes in memory, about.</summary>
    public int Cost(ref CacheEntry<T> entry) => IsInline(entry) ? EntryCost : EntryCost + _arena.Capacity(entry.Block, entry.SizeClass);

    /// <summary>
    /// Has the processor fetch what a look-up will touch, one step nearer to the value each time: a table is larger than the processor's caches,
    /// and a look-up would wait for memory three times. Changes nothing, and may be called without the lock: what it sees may be outdated, and is a
    /// hint only.
    /// </summary>
    public void Prefetch(ulong hash, PrefetchStep step)
    {
        if (step == PrefetchStep.Bucket)
            _index.Prefetch(hash);
        else
            Prefetch(_index.Peek(hash), step);
    }

    /// <summary>The same for an entry whose index is known.</summary>
    public void Prefetch(int index, PrefetchStep step)
    {
        if (step == PrefetchStep.Entry)
            _slab.Prefetch(index);
        else if (_slab.TryPeek(index, out var block, out var length))
            _arena.Prefetch(block, length);
    }

    /// <summary>Adds a key that is not there, absent, with room for a value; its index.</summary>
    public int Add(ReadOnlySpan<byte> key, ulong hash, int valueLength)
    {
        var (block, sizeClass) = Allocate(checked(key.Length + valueLength));
        var index = _slab.Take();
        ref var entry = ref _slab[index];
        entry = new CacheEntry<T>
        {
            Hash = hash,
            Block = block,
            SizeClass = sizeClass,
            KeyLength = key.Length,
            ValueLength = CacheEntry<T>.Absent,
            Unsent = CacheEntry<T>.IsSent,
            Referenced = true,
        };
        key.CopyTo(Data(ref entry, key.Length));
        _index.Link(index);
        MoveSome();
        return index;
    }

    public void SetValue(ref CacheEntry<T> entry, ReadOnlySpan<byte> value)
    {
        var length = checked(entry.KeyLength + value.Length);
        Fit(ref entry, length);
        value.CopyTo(Data(ref entry, length)[entry.KeyLength..]);
        entry.ValueLength = value.Length;
        entry.DropDecoded();
    }

    public void SetAbsent(ref CacheEntry<T> entry)
    {
        entry.ValueLength = CacheEntry<T>.Absent;
        entry.DropDecoded();
        Fit(ref entry, entry.KeyLength);
    }

    /// <summary>
    /// Makes room, if it is needed, by dropping entries the store has; those of epochs after <paramref name="flushedEpoch"/> stay, and those that
    /// wait to be sent. Looks at a few entries at each call, so that its cost is spread over the additions that make it necessary.
    /// </summary>
    public void Trim(long flushedEpoch)
    {
        for (var steps = Math.Min(StepsPerTrim, _slab.End - 1); steps > 0 && Bytes > _maxBytes; steps--)
        {
            if (++_hand >= _slab.End)
                _hand = 1;
            ref var entry = ref _slab[_hand];
            if (entry.Referenced || entry.IsFree || entry.DirtyEpoch > flushedEpoch || entry.Unsent != CacheEntry<T>.IsSent)
                entry.Referenced = false;
            else
                Evict(_hand);
        }
    }

    /// <summary>Copies the entries of a range whose newest value is not in the store; null stands for an absent key.</summary>
    public void CopyUnflushed(long flushedEpoch, KeyRange range, SortedList<Key, byte[]?> target)
    {
        var found = new List<int>();
        for (var index = 1; index < _slab.End; index++)
        {
            ref var entry = ref _slab[index];
            if (entry.DirtyEpoch > flushedEpoch && range.Contains(Key(ref entry)))
                found.Add(index);
        }

        // In order, so that each goes to the end of the list.
        found.Sort((a, b) => Key(ref _slab[a]).SequenceCompareTo(Key(ref _slab[b])));
        foreach (var index in found)
        {
            ref var entry = ref _slab[index];
            target.Add(Records.Key.Copy(Key(ref entry)), entry.IsAbsent ? null : Value(ref entry).ToArray());
        }
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_slab), nameof(_index), nameof(_arena))]
    public void Clear()
    {
        _slab = new EntrySlab<T>();
        _index = new EntryIndex<T>(_slab);
        _arena = new ByteArena();
        _hand = 0;
    }

    // Values that change a little, such as counters, stay where they are; one that has shrunk by much gives its room back.
    void Fit(ref CacheEntry<T> entry, int length)
    {
        const int SmallRoom = 64;
        var (before, classBefore) = (entry.Block, entry.SizeClass);
        var wasInline = IsInline(entry);
        var room = wasInline ? CacheEntry<T>.InlineBytes : _arena.Capacity(before, classBefore);
        if (length <= room && room / 4 <= Math.Max(length, SmallRoom))
            return;
        var (block, sizeClass) = Allocate(length);
        var key = Key(ref entry);
        if (sizeClass == CacheEntry<T>.IsInline)
        {
            key.CopyTo(CacheEntry<T>.Inline(ref entry));
        }
        else
        {
            key.CopyTo(_arena.Span(block, key.Length));
            entry.Block = block;
        }

        entry.SizeClass = sizeClass;
        if (wasInline)
            return;
        _arena.Free(before, classBefore);
        MoveSome();
    }

    (int Block, byte SizeClass) Allocate(int length)
    {
        if (length <= CacheEntry<T>.InlineBytes)
            return (0, CacheEntry<T>.IsInline);
        var block = _arena.Allocate(length, out var sizeClass);
        return (block, sizeClass);
    }

    static bool IsInline(in CacheEntry<T> entry) => entry.SizeClass == CacheEntry<T>.IsInline;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Span<byte> Data(ref CacheEntry<T> entry, int length) =>
        IsInline(entry) ? CacheEntry<T>.Inline(ref entry)[..length] : _arena.Span(entry.Block, length);

    void Evict(int index)
    {
        _index.Unlink(index);
        ref var entry = ref _slab[index];
        if (!IsInline(entry))
            _arena.Free(entry.Block, entry.SizeClass);
        _slab.Give(index);
        MoveSome();
    }

    // Once what is free of the arena is too much, its blocks move to new chunks, a few whenever one is taken or given back.
    void MoveSome()
    {
        if (!_arena.IsMoving)
        {
            if (!_arena.IsWasteful)
                return;
            _arena.BeginMove();
            _mover = 1;
        }

        for (var steps = StepsPerMove; steps > 0; steps--, _mover++)
        {
            if (_mover >= _slab.End)
            {
                _arena.EndMove();
                return;
            }

            ref var entry = ref _slab[_mover];
            if (!entry.IsFree && !IsInline(entry) && _arena.IsOld(entry.Block, entry.SizeClass))
                entry.Block = _arena.Move(entry.Block, entry.SizeClass);
        }
    }
}
