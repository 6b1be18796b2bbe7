using System.Runtime.InteropServices;

namespace GokaAkka.Storage;

/// <summary>Merges the writes of a batch into blocks, and makes blocks of what comes of it. Reused; used by one thread at a time.</summary>
sealed class EntryBlockBuilder
{
    // The longest that the two lengths of an entry take.
    const int LengthBytes = 10;

    readonly List<int> _starts = [];
    byte[] _bytes = new byte[64 * 1024];
    int _used;

    /// <summary>Entries gathered.</summary>
    public int Count => _starts.Count;

    /// <summary>Forgets what was gathered.</summary>
    public void Clear()
    {
        _starts.Clear();
        _used = 0;
    }

    /// <summary>Where an entry begins; for the number of entries, where the last one ends.</summary>
    public int StartOf(int index) => index < _starts.Count ? _starts[index] : _used;

    public ReadOnlySpan<byte> KeyOf(int index) => EntryBlock.KeyAt(_bytes, _starts[index]);

    /// <summary>Gathers a block's entries as the writes that belong to it leave them.</summary>
    /// <param name="block">The block.</param>
    /// <param name="sorted">The writes, on the first that belongs to the block.</param>
    /// <param name="hasWrite">Whether it is on a write at all.</param>
    /// <param name="limit">The first key past the block; null for no end.</param>
    /// <returns>Whether there is a write left, which belongs to a later block.</returns>
    public bool Merge(EntryBlock block, ref WriteBatch.Sorted sorted, bool hasWrite, byte[]? limit)
    {
        var at = 0;
        for (; hasWrite && (limit is null || sorted.Key.SequenceCompareTo(limit) < 0); hasWrite = sorted.MoveNext())
        {
            var to = block.IndexOf(sorted.Key);
            Copy(block, at, to);
            at = to < block.Count && block.Key(to).SequenceEqual(sorted.Key) ? to + 1 : to;
            if (sorted.IsDelete)
                continue;
            Begin(sorted.Key.Length + sorted.Value.Length + LengthBytes);
            _used += EntryBlock.WriteEntry(_bytes.AsSpan(_used), sorted.Key, sorted.Value);
        }

        Copy(block, at, block.Count);
        return hasWrite;
    }

    /// <summary>A block of some of the entries.</summary>
    public EntryBlock Encode(byte[] name, int from, int to, BlockShape shape) =>
        shape.Encode(name, _bytes.AsSpan(StartOf(from)..StartOf(to)), CollectionsMarshal.AsSpan(_starts)[from..to]);

    void Copy(EntryBlock block, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var entry = block.Entry(i);
            Begin(entry.Length);
            entry.CopyTo(_bytes.AsSpan(_used));
            _used += entry.Length;
        }
    }

    void Begin(int bytes)
    {
        if (_used + bytes > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + bytes));
        _starts.Add(_used);
    }
}
