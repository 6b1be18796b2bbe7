namespace GokaAkka.Storage.Sqlite;

/// <summary>Entries in key order on their way into blocks. Keeps its room.</summary>
sealed class EntryRun
{
    /// <summary>What a block of a large run takes: less than the most, so that the next entries find room.</summary>
    public const int BytesOfFreshBlock = (int)(Block.MostBytes * 0.85);

    byte[] _bytes = new byte[4 * Block.MostBytes];
    int[] _starts = new int[1024];
    int _used;

    public int Count { get; private set; }

    /// <summary>What a block with all of them takes, but for its fence.</summary>
    public long Size => (long)_used + Block.Bytes(Count, 0, 0);

    public void Clear()
    {
        Count = 0;
        _used = 0;
    }

    /// <summary>Adds an entry of a block as it is.</summary>
    public void Add(ReadOnlySpan<byte> entry) => entry.CopyTo(Room(entry.Length));

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        Block.WriteEntry(Room(Block.EntryBytes(key.Length, value.Length)), key, value);

    /// <summary>The key of an entry.</summary>
    public ReadOnlySpan<byte> KeyAt(int index, StorePlace place) => Block.KeyOf(place, _bytes.AsSpan(_starts[index], BytesOf(index, index + 1)));

    /// <summary>About how large each block should be, so that they are of one size.</summary>
    public int BytesPerBlock(int fenceLength)
    {
        var size = Size + fenceLength;
        var blocks = size <= Block.MostBytes ? 1 : (int)Math.Ceiling((double)size / BytesOfFreshBlock);
        return (int)Math.Min(Block.MostBytes, (size / blocks) + 1);
    }

    /// <summary>Where a block of about so many bytes ends that begins with this entry: it has one at least.</summary>
    public int EndOfBlock(int start, int bytes, int fenceLength)
    {
        var end = start + 1;
        while (end < Count && Block.Bytes(end - start, BytesOf(start, end), fenceLength) < bytes
            && Block.Bytes(end + 1 - start, BytesOf(start, end + 1), fenceLength) <= Block.MostBytes)
        {
            end++;
        }

        return end;
    }

    /// <summary>The block of these entries, good until the next call.</summary>
    public ReadOnlySpan<byte> BlockOf(int start, int end, ReadOnlySpan<byte> fence, ref byte[] buffer)
    {
        var length = Block.Bytes(end - start, BytesOf(start, end), fence.Length);
        if (buffer.Length < length)
            buffer = new byte[length];
        Block.Write(buffer.AsSpan(0, length), _bytes.AsSpan(_starts[start], BytesOf(start, end)), _starts.AsSpan(start, end - start), _starts[start], fence);
        return buffer.AsSpan(0, length);
    }

    /// <summary>What the entries from this one on take.</summary>
    public int BytesFrom(int index) => BytesOf(index, Count);

    /// <summary>Forgets the first entries.</summary>
    public void RemoveFirst(int count)
    {
        var gone = count < Count ? _starts[count] : _used;
        _bytes.AsSpan(gone, _used - gone).CopyTo(_bytes);
        for (var i = count; i < Count; i++)
            _starts[i - count] = _starts[i] - gone;
        Count -= count;
        _used -= gone;
    }

    int BytesOf(int start, int end) => (end < Count ? _starts[end] : _used) - _starts[start];

    Span<byte> Room(int length)
    {
        if (_used + (long)length > _bytes.Length)
            Array.Resize(ref _bytes, checked((int)Math.Min(Math.Max(_used + (long)length, _bytes.Length * 2L), Array.MaxLength)));
        if (Count == _starts.Length)
            Array.Resize(ref _starts, Count * 2);
        _starts[Count++] = _used;
        _used += length;
        return _bytes.AsSpan(_used - length, length);
    }
}
