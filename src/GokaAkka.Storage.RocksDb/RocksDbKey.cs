namespace GokaAkka.Storage.RocksDb;

/// <summary>Keys as they are stored: behind a byte that sets the store's mark apart.</summary>
static class RocksDbKey
{
    /// <summary>Room on the stack for the keys that most have.</summary>
    public const int Room = 256;

    const byte OfEntry = 1;

    /// <summary>The stored key of the first entry that there can be.</summary>
    public static byte[] First => [OfEntry];

    /// <summary>Behind all entries.</summary>
    public static byte[] BehindLast => [OfEntry + 1];

    /// <summary>Where the store's mark is; before all entries.</summary>
    public static ReadOnlySpan<byte> Mark => [0];

    /// <summary>The stored key of an entry, in the buffer where that is long enough.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> key, Span<byte> buffer)
    {
        if (key.Length >= buffer.Length)
            buffer = new byte[key.Length + 1];
        buffer[0] = OfEntry;
        key.CopyTo(buffer[1..]);
        return buffer[..(key.Length + 1)];
    }

    /// <summary>The key of an entry.</summary>
    public static ReadOnlySpan<byte> Entry(ReadOnlySpan<byte> stored) => stored[1..];
}
