using System.Buffers.Binary;
using StackExchange.Redis;

namespace GokaAkka.Storage.Redis;

/// <summary>The position as a value of the hash of entries: 25 bytes, the first of which is the format's version.</summary>
static class Position
{
    const byte Version = 1;
    const int Length = 25;

    /// <summary>The field it is kept in. A user's key is kept behind <see cref="Entry"/>, so that none is the same.</summary>
    public static readonly RedisValue Field = new byte[] { (byte)'p' };

    /// <summary>The field of a user's key.</summary>
    public static RedisValue Entry(ReadOnlySpan<byte> key)
    {
        var field = new byte[key.Length + 1];
        field[0] = (byte)'k';
        key.CopyTo(field.AsSpan(1));
        return field;
    }

    public static RedisValue Encode(StorePosition position)
    {
        var bytes = new byte[Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), position.NextOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(9), position.Fingerprint);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(17), position.Timestamp);
        return bytes;
    }

    public static StorePosition Decode(RedisValue value, StoreNames names)
    {
        byte[] bytes = value!;
        if (bytes.Length != Length || bytes[0] != Version)
            throw names.Corrupt($"its position is {Convert.ToHexString(bytes)}, expected {Length} bytes that begin with {Version:x2}");
        return new StorePosition(
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(1)),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(9)),
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(17)));
    }
}
