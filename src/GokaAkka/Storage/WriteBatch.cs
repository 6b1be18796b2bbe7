using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using GokaAkka.Records;

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
    int[]? _order;
    int _used;

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
        if (_order is null || _order.Length < Count)
            _order = new int[_entries.Length];
        for (var i = 0; i < Count; i++)
            _order[i] = i;
        _order.AsSpan(0, Count).Sort(new ByKey(this));
        return new Sorted(this);
    }

    /// <summary>Forgets all writes and keeps the room.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
        Array.Fill(_buckets, Absent);
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
    internal unsafe void Prefetch(ReadOnlySpan<byte> key, bool isNear)
    {
        if (!Sse.IsSupported || Bucket(KeyHash.Compute(key)) is var index && index == Absent)
            return;
        ref var entry = ref _entries[index];
        Sse.Prefetch0(isNear ? Unsafe.AsPointer(ref _bytes[entry.KeyStart]) : Unsafe.AsPointer(ref entry));
    }

    void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int valueLength)
    {
        var hash = KeyHash.Compute(key);
        var index = Find(key, hash);
        if (index == Absent)
        {
            index = Count++;
            if (index == _entries.Length)
                Grow();
            ref var bucket = ref Bucket(hash);
            _entries[index] = new Entry { Hash = hash, Next = bucket, KeyStart = Append(key), KeyLength = key.Length, ValueLength = Absent };
            bucket = index;
        }

        ref var entry = ref _entries[index];
        if (valueLength > entry.ValueLength)
            entry.ValueStart = Append(value);
        else if (valueLength > 0)
            value.CopyTo(_bytes.AsSpan(entry.ValueStart));
        entry.ValueLength = valueLength;
    }

    int Find(ReadOnlySpan<byte> key, ulong hash)
    {
        for (var i = Bucket(hash); i != Absent; i = _entries[i].Next)
        {
            if (_entries[i].Hash == hash && KeyAt(i).SequenceEqual(key))
                return i;
        }

        return Absent;
    }

    ref int Bucket(ulong hash) => ref _buckets[hash & (ulong)(_buckets.Length - 1)];

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
        var used = _entries.Length;
        _entries = larger;
        _buckets = NewBuckets(larger.Length);
        for (var i = 0; i < used; i++)
        {
            ref var bucket = ref Bucket(_entries[i].Hash);
            _entries[i].Next = bucket;
            bucket = i;
        }
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
        readonly WriteBatch _batch;
        int _at;

        internal Sorted(WriteBatch batch)
        {
            _batch = batch;
            _at = -1;
        }

        readonly int Index => _batch._order![_at];

        /// <summary>The current key.</summary>
        public readonly ReadOnlySpan<byte> Key => _batch.KeyAt(Index);

        /// <summary>The current value; empty for a deletion.</summary>
        public readonly ReadOnlySpan<byte> Value => _batch.ValueAt(Index);

        /// <summary>Whether the current write deletes its key.</summary>
        public readonly bool IsDelete => _batch.IsDelete(Index);

        /// <summary>Moves to the next write.</summary>
        public bool MoveNext() => ++_at < _batch.Count;
    }
}
