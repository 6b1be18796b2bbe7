using System.Buffers.Binary;

namespace GokaAkka.Storage.Sqlite;

/// <summary>
/// Neighbouring entries in key order, as one value in the file: a page holds a hundred small entries that SQLite never has to tell apart. Reading
/// one allocates nothing.
/// </summary>
/// <remarks>
/// Little endian: count (2 bytes), where each entry starts (2 bytes each), the entries, the fence, the fence's length (4 bytes). An entry: length of
/// the key (7 bits a byte, lowest first), <see cref="EntryChecksum"/> (4 bytes), key, value. The fence is at most the first key, and more than every
/// key of the block before.
/// </remarks>
readonly ref struct Block
{
    /// <summary>A block of more than one entry is no larger, so that SQLite keeps it on one page (<see cref="Schema.PageSize"/>).</summary>
    public const int MostBytes = 8100;

    const int CountBytes = 2;
    const int StartBytes = 2;
    const int FenceLengthBytes = 4;
    const int SumBytes = 4;

    readonly StorePlace _place;
    readonly ReadOnlySpan<byte> _data;
    readonly int _entriesEnd;

    /// <exception cref="StorageCorruptException">It cannot be a block.</exception>
    public Block(StorePlace place, ReadOnlySpan<byte> data)
    {
        _place = place;
        _data = data;
        if (data.Length < CountBytes + FenceLengthBytes)
            throw Damaged();
        Count = BinaryPrimitives.ReadUInt16LittleEndian(data);
        var end = data.Length - FenceLengthBytes - BinaryPrimitives.ReadUInt32LittleEndian(data[^FenceLengthBytes..]);
        if (end < HeadBytes(Count))
            throw Damaged();
        _entriesEnd = (int)end;
    }

    public int Count { get; }

    /// <summary>Keys from here on are in this block or a later one.</summary>
    public ReadOnlySpan<byte> Fence => _data[_entriesEnd..^FenceLengthBytes];

    /// <summary>What stands before the entries of a block of so many.</summary>
    public static int HeadBytes(int count) => CountBytes + (count * StartBytes);

    /// <summary>What an entry takes.</summary>
    public static int EntryBytes(int keyLength, int valueLength) => LengthBytes(keyLength) + SumBytes + keyLength + valueLength;

    /// <summary>What a block takes.</summary>
    public static int Bytes(int count, int entryBytes, int fenceLength) => HeadBytes(count) + entryBytes + fenceLength + FenceLengthBytes;

    /// <summary>Writes an entry; the target has room for <see cref="EntryBytes"/>.</summary>
    public static void WriteEntry(Span<byte> target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var at = 0;
        for (var rest = (uint)key.Length; ; rest >>= 7)
        {
            target[at++] = (byte)(rest > 0x7f ? rest | 0x80 : rest);
            if (rest <= 0x7f)
                break;
        }

        BinaryPrimitives.WriteInt32LittleEndian(target[at..], EntryChecksum.Of(key, value));
        key.CopyTo(target[(at + SumBytes)..]);
        value.CopyTo(target[(at + SumBytes + key.Length)..]);
    }

    /// <summary>Writes a block; the target has just the room for it.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="entries">The entries, one after the other.</param>
    /// <param name="starts">Where in them each starts, counted from <paramref name="origin"/>.</param>
    /// <param name="origin">What the first start is.</param>
    /// <param name="fence">The fence.</param>
    public static void Write(Span<byte> target, ReadOnlySpan<byte> entries, ReadOnlySpan<int> starts, int origin, ReadOnlySpan<byte> fence)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, checked((ushort)starts.Length));
        var head = HeadBytes(starts.Length);
        for (var i = 0; i < starts.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(target[HeadBytes(i)..], checked((ushort)(head + starts[i] - origin)));
        entries.CopyTo(target[head..]);
        fence.CopyTo(target[(head + entries.Length)..]);
        BinaryPrimitives.WriteInt32LittleEndian(target[^FenceLengthBytes..], fence.Length);
    }

    /// <summary>An entry as it is.</summary>
    public ReadOnlySpan<byte> EntryAt(int index)
    {
        var start = StartOf(index);
        var end = index + 1 < Count ? StartOf(index + 1) : _entriesEnd;
        return start >= HeadBytes(Count) && end > start && end <= _entriesEnd ? _data[start..end] : throw Damaged();
    }

    public ReadOnlySpan<byte> KeyAt(int index) => KeyOf(_place, EntryAt(index));

    /// <summary>The key of an entry.</summary>
    public static ReadOnlySpan<byte> KeyOf(StorePlace place, ReadOnlySpan<byte> entry) => Split(place, entry, out _, out _);

    /// <summary>An entry's value, of which the checksum is right.</summary>
    /// <exception cref="StorageCorruptException">It is not.</exception>
    public ReadOnlySpan<byte> ValueAt(int index)
    {
        var key = Split(_place, EntryAt(index), out var value, out var sum);
        return sum == EntryChecksum.Of(key, value) ? value : throw Verifier.WrongEntry(_place, key);
    }

    /// <summary>The first entry whose key is not less than this one; <see cref="Count"/> when there is none.</summary>
    public int Find(ReadOnlySpan<byte> key, out bool isThere)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = KeyAt(middle).SequenceCompareTo(key);
            if (order == 0)
            {
                isThere = true;
                return middle;
            }

            if (order < 0)
                low = middle + 1;
            else
                high = middle;
        }

        isThere = false;
        return low;
    }

    /// <summary>Reads all of it.</summary>
    /// <exception cref="StorageCorruptException">An entry is wrong, or not where it belongs.</exception>
    public void Check()
    {
        var last = Fence;
        for (var i = 0; i < Count; i++)
        {
            // What is neither before an entry nor in one would be nobody's.
            if (i == 0 && StartOf(0) != HeadBytes(Count))
                throw Damaged();
            _ = ValueAt(i);
            var key = KeyAt(i);
            if (key.SequenceCompareTo(last) is var order && (order < 0 || (order == 0 && i > 0)))
                throw _place.Corrupt($"its keys are out of order at {Convert.ToHexString(key)}");
            last = key;
        }
    }

    static ReadOnlySpan<byte> Split(StorePlace place, ReadOnlySpan<byte> entry, out ReadOnlySpan<byte> value, out int sum)
    {
        ulong length = 0;
        var at = 0;
        for (byte b; at < entry.Length; at++)
        {
            b = entry[at];
            length |= (ulong)(b & 0x7f) << (7 * at);
            if (b <= 0x7f)
                break;
        }

        var rest = at + 1 + SumBytes <= entry.Length && at < 5 ? entry[(at + 1)..] : throw Damaged(place);
        sum = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[SumBytes..];
        if (length > (ulong)rest.Length)
            throw Damaged(place);
        value = rest[(int)length..];
        return rest[..(int)length];
    }

    int StartOf(int index) => BinaryPrimitives.ReadUInt16LittleEndian(_data[HeadBytes(index)..]);

    static int LengthBytes(int length)
    {
        var bytes = 1;
        for (; length > 0x7f; length >>= 7)
            bytes++;
        return bytes;
    }

    StorageCorruptException Damaged() => Damaged(_place);

    static StorageCorruptException Damaged(StorePlace place) => place.Corrupt("a block of entries is damaged");
}
