using System.Buffers.Binary;
using System.Numerics;

namespace GokaAkka.Storage;

/// <summary>
/// CRC-32C of what a store's row holds, for engines that keep no checksums of their own: a flipped bit on the disk would be a wrong value.
/// </summary>
public static class EntryChecksum
{
    /// <summary>The checksum of an entry; part of the file format.</summary>
    public static int Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        (int)~Add(Add(BitOperations.Crc32C(uint.MaxValue, (uint)key.Length), key), value);

    /// <summary>The checksum of the row that says whose store it is and how far it reaches; part of the file format.</summary>
    public static int Of(ReadOnlySpan<byte> owner, ReadOnlySpan<byte> topic, ReadOnlySpan<long> numbers)
    {
        var sum = (uint)~Of(owner, topic);
        foreach (var number in numbers)
            sum = BitOperations.Crc32C(sum, (ulong)number);
        return (int)~sum;
    }

    static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
            sum = BitOperations.Crc32C(sum, b);
        return sum;
    }
}
