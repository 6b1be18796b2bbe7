using System.Buffers.Binary;

namespace GokaAkka.Storage;

/// <summary>Neighbouring entries in key order, as one value of a store's engine. Immutable; read by any thread.</summary>
/// <remarks>
/// Little endian: checksum of the block's name in the store and of what follows (4 bytes), count (4), the entries, zeros to fill up. An entry: the
/// lengths of key and value (7 bits a byte, lowest first), key, value.
/// </remarks>
sealed class EntryBlock
{
    public const int HeadBytes = 8;

    // Where each entry begins, and where the last one ends.
    readonly int[] _starts;

    EntryBlock(byte[] data, int[] starts)
    {
        Data = data;
        _starts = starts;
    }

    public byte[] Data { get; }

    public int Count => _starts.Length - 1;

    /// <summary>The memory that it takes, about.</summary>
    public int Size => Data.Length + (sizeof(int) * _starts.Length);

    /// <summary>A block of encoded entries.</summary>
    /// <param name="name">What the store finds it by.</param>
    /// <param name="entries">The bytes of the entries.</param>
    /// <param name="starts">Where each begins, as far from the first as in <paramref name="entries"/>.</param>
    /// <param name="bytes">The length to fill up to.</param>
    public static EntryBlock Encode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> entries, ReadOnlySpan<int> starts, int bytes = 0)
    {
        var data = new byte[Math.Max(bytes, HeadBytes + entries.Length)];
        var ends = new int[starts.Length + 1];
        for (var i = 0; i < starts.Length; i++)
            ends[i] = HeadBytes + starts[i] - starts[0];
        ends[^1] = HeadBytes + entries.Length;
        entries.CopyTo(data.AsSpan(HeadBytes));
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(4), starts.Length);
        BinaryPrimitives.WriteInt32LittleEndian(data, EntryChecksum.Of(name, data.AsSpan(4)));
        return new EntryBlock(data, ends);
    }

    /// <summary>The block that was encoded; null when its checksum is wrong.</summary>
    public static EntryBlock? Decode(ReadOnlySpan<byte> name, byte[] data)
    {
        if (data.Length < HeadBytes || BinaryPrimitives.ReadInt32LittleEndian(data) != EntryChecksum.Of(name, data.AsSpan(4)))
            return null;
        var starts = new int[BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(4)) + 1];
        starts[0] = HeadBytes;
        for (var i = 1; i < starts.Length; i++)
        {
            var at = starts[i - 1];
            var (keyLength, valueLength) = (ReadLength(data, ref at), ReadLength(data, ref at));
            starts[i] = at + keyLength + valueLength;
        }

        return new EntryBlock(data, starts);
    }

    /// <summary>Writes an entry at the beginning of a target that has room for it, and returns the bytes it takes.</summary>
    public static int WriteEntry(Span<byte> target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var at = WriteLength(target, key.Length);
        at += WriteLength(target[at..], value.Length);
        key.CopyTo(target[at..]);
        value.CopyTo(target[(at + key.Length)..]);
        return at + key.Length + value.Length;
    }

    /// <summary>The key of the encoded entry that begins at a place.</summary>
    public static ReadOnlySpan<byte> KeyAt(byte[] data, int at)
    {
        var length = ReadLength(data, ref at);
        _ = ReadLength(data, ref at);
        return data.AsSpan(at, length);
    }

    public ReadOnlySpan<byte> Key(int index) => KeyAt(Data, _starts[index]);

    public ReadOnlySpan<byte> Value(int index)
    {
        var at = _starts[index];
        var keyLength = ReadLength(Data, ref at);
        var length = ReadLength(Data, ref at);
        return Data.AsSpan(at + keyLength, length);
    }

    /// <summary>An entry with its lengths.</summary>
    public ReadOnlySpan<byte> Entry(int index) => Data.AsSpan(_starts[index].._starts[index + 1]);

    /// <summary>The index of the first entry at or after a key.</summary>
    public int IndexOf(ReadOnlySpan<byte> key)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Key(middle).SequenceCompareTo(key) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The index of a key; -1 where it is absent.</summary>
    public int Find(ReadOnlySpan<byte> key) => IndexOf(key) is var index && index < Count && Key(index).SequenceEqual(key) ? index : -1;

    static int WriteLength(Span<byte> target, int length)
    {
        var at = 0;
        for (var rest = (uint)length; ; rest >>= 7)
        {
            target[at++] = (byte)(rest < 0x80 ? rest : rest | 0x80);
            if (rest < 0x80)
                return at;
        }
    }

    static int ReadLength(byte[] data, ref int at)
    {
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = data[at++];
            length |= (part & 0x7f) << shift;
            if (part < 0x80)
                return length;
        }
    }
}
