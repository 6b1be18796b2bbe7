using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace GokaAkka.Storage;

/// <summary>
/// Writes to one store, at most one per key: a later write of a key replaces the earlier one. Reused between flushes; used by one thread at a
/// time. All bytes are in one buffer, so a batch of a million writes is a handful of objects.
/// </summary>
public sealed class WriteBatch : IDisposable
{
    const int Absent = -1;

    Entry[] _entries = ArrayPool<Entry>.Shared.Rent(256);
    byte[] _bytes = ArrayPool<byte>.Shared.Rent(16 * 1024);
    int[] _buckets = NewBuckets(256);
    int[] _order = [];
    ulong[] _prefixes = [];
    int _used;

    // Entries that can be found by their key: those before.
    int _indexed;

    /// <summary>Number of writes, which is the number of distinct keys.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of keys and values held, replaced values included.</summary>
    public int Bytes => _used;

    /// <summary>Sets a key.</summary>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Write(key, value, value.Length);

    /// <summary>Removes a key.</summary>
    public void Delete(ReadOnlySpan<byte> key) => Write(key, default, Absent);

    /// <summary>What this batch does to a key. False when it does nothing to it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value it sets; empty when it deletes.</param>
    /// <param name="isDelete">Whether it deletes the key.</param>
    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out bool isDelete)
    {
        var index = Find(key, KeyHash.Compute(key));
        if (index == Absent)
        {
            value = default;
            isDelete = false;
            return false;
        }

        value = ValueAt(index);
        isDelete = IsDelete(index);
        return true;
    }

    /// <summary>The writes in byte order of their keys, as an ordered store takes them fastest.</summary>
    public Sorted InKeyOrder()
    {
        if (_order.Length < Count)
        {
            _order = new int[_entries.Length];
            _prefixes = new ulong[_entries.Length];
        }

        // Whole keys would be looked up in memory at every comparison: eight bytes past what all have in common tell most of them apart.
        var common = CommonPrefix();
        for (var i = 0; i < Count; i++)
        {
            _order[i] = i;
            _prefixes[i] = Prefix(KeyAt(i)[common..]);
        }

        Array.Sort(_prefixes, _order, 0, Count);
        for (int start = 0, end; start < Count; start = end)
        {
            end = start + 1;
            while (end < Count && _prefixes[end] == _prefixes[start])
                end++;
            if (end - start > 1)
                _order.AsSpan(start, end - start).Sort(new ByKey(this));
        }

        return new Sorted(this);
    }

    /// <summary>Forgets all writes and keeps the room.</summary>
    public void Clear()
    {
        if (_indexed > 0)
            Array.Fill(_buckets, Absent);
        Count = _indexed = 0;
        _used = 0;
    }

    /// <summary>Gives the buffers back. The batch is not used afterwards.</summary>
    public void Dispose()
    {
        if (_entries.Length == 0)
            return;
        ArrayPool<Entry>.Shared.Return(_entries);
        ArrayPool<byte>.Shared.Return(_bytes);
        _entries = [];
        _bytes = [];
        Count = 0;
    }

    /// <summary>Sets a key that the batch does nothing to yet, which is not looked for.</summary>
    /// <param name="hash">The key's <see cref="KeyHash"/>.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    internal void PutNew(ulong hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        ref var entry = ref Append(hash, key);
        entry.ValueStart = Append(value);
        entry.ValueLength = value.Length;
    }

    /// <summary>Removes a key that the batch does nothing to yet, which is not looked for.</summary>
    internal void DeleteNew(ulong hash, ReadOnlySpan<byte> key) => Append(hash, key);

    /// <summary>The key of a write, in order of first write.</summary>
    internal ReadOnlySpan<byte> KeyAt(int index) => _bytes.AsSpan(_entries[index].KeyStart, _entries[index].KeyLength);

    /// <summary>Whether a write deletes its key.</summary>
    internal bool IsDelete(int index) => _entries[index].ValueLength == Absent;

    /// <summary>The value of a write; empty for a deletion.</summary>
    internal ReadOnlySpan<byte> ValueAt(int index) =>
        _entries[index].ValueLength == Absent ? default : _bytes.AsSpan(_entries[index].ValueStart, _entries[index].ValueLength);

    /// <summary>
    /// Has the processor fetch what a later write of the key will touch: first the key's entry, then, nearer to the write, its bytes. A hint: nothing
    /// depends on it.
    /// </summary>
    internal void Prefetch(ReadOnlySpan<byte> key, bool isNear)
    {
        if (!Sse.IsSupported || Bucket(KeyHash.Compute(key)) is var index && index == Absent)
            return;
        Prefetch(ref _entries[index], isNear);
    }

    void Prefetch(int place, bool isNear)
    {
        if (Sse.IsSupported && place < Count)
            Prefetch(ref _entries[_order[place]], isNear);
    }

    // An empty key may stand at the end of the bytes: the address is taken without a look at what is there.
    unsafe void Prefetch(ref Entry entry, bool isNear) => Sse.Prefetch0(
        isNear ? Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), entry.KeyStart)) : Unsafe.AsPointer(ref entry));

    void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int valueLength)
    {
        var hash = KeyHash.Compute(key);
        var index = Find(key, hash);
        ref var entry = ref index == Absent ? ref Append(hash, key) : ref _entries[index];
        if (valueLength > entry.ValueLength)
            entry.ValueStart = Append(value);
        else if (valueLength > 0)
            value.CopyTo(_bytes.AsSpan(entry.ValueStart));
        entry.ValueLength = valueLength;
    }

    int CommonPrefix()
    {
        var first = Count > 0 ? KeyAt(0) : default;
        for (var i = 1; i < Count && first.Length > 0; i++)
            first = first[..first.CommonPrefixLength(KeyAt(i))];
        return first.Length;
    }

    static ulong Prefix(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= sizeof(ulong))
            return BinaryPrimitives.ReadUInt64BigEndian(rest);
        var prefix = 0UL;
        for (var i = 0; i < rest.Length; i++)
            prefix |= (ulong)rest[i] << (56 - (8 * i));
        return prefix;
    }

    int Find(ReadOnlySpan<byte> key, ulong hash)
    {
        if (_indexed < Count)
            Index();
        for (var i = Bucket(hash); i != Absent; i = _entries[i].Next)
        {
            if (_entries[i].Hash == hash && KeyAt(i).SequenceEqual(key))
                return i;
        }

        return Absent;
    }

    void Index()
    {
        if (_buckets.Length < _entries.Length)
        {
            _buckets = NewBuckets(_entries.Length);
            _indexed = 0;
        }

        for (; _indexed < Count; _indexed++)
        {
            ref var bucket = ref Bucket(_entries[_indexed].Hash);
            _entries[_indexed].Next = bucket;
            bucket = _indexed;
        }
    }

    ref int Bucket(ulong hash) => ref _buckets[hash & (ulong)(_buckets.Length - 1)];

    ref Entry Append(ulong hash, ReadOnlySpan<byte> key)
    {
        if (Count == _entries.Length)
            Grow();
        ref var entry = ref _entries[Count++];
        entry = new Entry { Hash = hash, KeyStart = Append(key), KeyLength = key.Length, ValueLength = Absent };
        return ref entry;
    }

    int Append(ReadOnlySpan<byte> bytes)
    {
        if (_used + bytes.Length > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Min(Math.Max(_used + (long)bytes.Length, _bytes.Length * 2L), Array.MaxLength)));
            _bytes.AsSpan(0, _used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        bytes.CopyTo(_bytes.AsSpan(_used));
        var start = _used;
        _used += bytes.Length;
        return start;
    }

    void Grow()
    {
        var larger = ArrayPool<Entry>.Shared.Rent(_entries.Length * 2);
        Array.Copy(_entries, larger, _entries.Length);
        ArrayPool<Entry>.Shared.Return(_entries);
        _entries = larger;
    }

    static int[] NewBuckets(int atLeast)
    {
        var buckets = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)atLeast)];
        Array.Fill(buckets, Absent);
        return buckets;
    }

    struct Entry
    {
        public ulong Hash;
        public int Next, KeyStart, KeyLength, ValueStart, ValueLength;
    }

    readonly struct ByKey(WriteBatch batch) : IComparer<int>
    {
        public int Compare(int x, int y) => batch.KeyAt(x).SequenceCompareTo(batch.KeyAt(y));
    }

    /// <summary>The writes of a batch in byte order of their keys.</summary>
    public ref struct Sorted
    {
        // Far enough that memory has answered when a write's turn comes.
        const int EntryAhead = 12;
        const int BytesAhead = 6;

        readonly WriteBatch _batch;
        int _at;

        internal Sorted(WriteBatch batch)
        {
            _batch = batch;
            _at = -1;
        }

        readonly int Index => _batch._order[_at];

        /// <summary>The current key.</summary>
        public readonly ReadOnlySpan<byte> Key => _batch.KeyAt(Index);

        /// <summary>The current value; empty for a deletion.</summary>
        public readonly ReadOnlySpan<byte> Value => _batch.ValueAt(Index);

        /// <summary>Whether the current write deletes its key.</summary>
        public readonly bool IsDelete => _batch.IsDelete(Index);

        /// <summary>Moves to the next write.</summary>
        public bool MoveNext()
        {
            _batch.Prefetch(_at + EntryAhead, isNear: false);
            _batch.Prefetch(_at + BytesAhead, isNear: true);
            return ++_at < _batch.Count;
        }
    }
}
