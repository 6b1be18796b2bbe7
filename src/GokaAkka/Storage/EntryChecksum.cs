using System.Buffers.Binary;
using System.Numerics;

namespace GokaAkka.Storage;

/// <summary>
/// CRC-32C of what a store's record holds, for engines that keep no checksums of their own: a flipped bit on the disk would be a wrong value.
/// </summary>
static class EntryChecksum
{
    /// <summary>The checksum of an entry; part of the file format.</summary>
    public static int Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        (int)~Add(Add(BitOperations.Crc32C(uint.MaxValue, (uint)key.Length), key), value);

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
