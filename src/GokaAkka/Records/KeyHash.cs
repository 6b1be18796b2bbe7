using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace GokaAkka.Records;

/// <summary>
/// Hash of bytes for in-process hash tables, for the fingerprint of a changelog record and for the choice of standbys. Not a partitioner: it decides
/// nothing about where records go.
/// </summary>
static class KeyHash
{
    const ulong Seed = 0x9E3779B97F4A7C15;
    const ulong Multiplier = 0xD6E8FEB86659FD93;

    /// <summary>A 64-bit hash, equal for equal bytes on every machine and in every version, since stores keep it.</summary>
    public static ulong Compute(ReadOnlySpan<byte> bytes) => Finish(Mix(Seed, bytes));

    /// <summary>The fingerprint of a record: tells a changelog from another one of the same name that has grown past the same offset.</summary>
    public static ulong Fingerprint(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull)
    {
        var hash = Mix(Seed, key);
        hash = valueIsNull ? Step(hash, 1) : Mix(Step(hash, 2), value);
        hash = Finish(hash);
        return hash == 0 ? 1 : hash;
    }

    static ulong Mix(ulong hash, ReadOnlySpan<byte> bytes)
    {
        hash = Step(hash, (ulong)bytes.Length);
        while (bytes.Length >= 8)
        {
            hash = Step(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        if (bytes.Length == 0)
            return hash;
        ulong tail = 0;
        for (var i = 0; i < bytes.Length; i++)
            tail |= (ulong)bytes[i] << (8 * i);
        return Step(hash, tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Step(ulong hash, ulong word) => BitOperations.RotateLeft((hash ^ word) * Multiplier, 29);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Finish(ulong hash)
    {
        hash ^= hash >> 32;
        hash *= Multiplier;
        return hash ^ (hash >> 29);
    }
}
