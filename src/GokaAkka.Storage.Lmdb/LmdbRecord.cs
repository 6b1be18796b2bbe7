using System.Buffers.Binary;

namespace GokaAkka.Storage.Lmdb;

/// <summary>What is under a key in LMDB, which keeps no checksums of its own: a checksum and the value, or a block of entries.</summary>
static class LmdbRecord
{
    public const int SumBytes = sizeof(int);

    /// <summary>The record of an entry, at the beginning of <paramref name="buffer"/>, which grows where it has to.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ref byte[] buffer)
    {
        if (buffer.Length < SumBytes + value.Length)
            buffer = new byte[Math.Max(2 * buffer.Length, SumBytes + value.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(buffer, EntryChecksum.Of(key, value));
        value.CopyTo(buffer.AsSpan(SumBytes));
        return buffer.AsSpan(0, SumBytes + value.Length);
    }

    /// <exception cref="StorageCorruptException">The checksum is wrong.</exception>
    public static ReadOnlySpan<byte> Value(StorePlace place, ReadOnlySpan<byte> key, ReadOnlySpan<byte> record) =>
        record.Length >= SumBytes && BinaryPrimitives.ReadInt32LittleEndian(record) == EntryChecksum.Of(key, record[SumBytes..])
            ? record[SumBytes..]
            : throw Wrong(place, key);

    /// <exception cref="StorageCorruptException">The checksum is wrong.</exception>
    public static EntryBlock Shared(StorePlace place, ReadOnlySpan<byte> stored, ReadOnlySpan<byte> record) =>
        EntryBlock.Decode(stored, record.ToArray()) ?? throw Wrong(place, stored);

    static StorageCorruptException Wrong(StorePlace place, ReadOnlySpan<byte> key) =>
        place.Corrupt($"the checksum of the entry with key {Convert.ToHexString(key)} (hexadecimal) is wrong");
}
