namespace GokaAkka.Storage;

/// <summary>Keys as engines have them that take no empty key, or that keep the store's mark among the entries: behind a byte that tells the two apart.</summary>
static class StoredKey
{
    /// <summary>Room on the stack for what most keys take.</summary>
    public const int Room = 256;

    const byte OfEntry = 1;

    /// <summary>Where the store's mark is; before all entries.</summary>
    public static ReadOnlySpan<byte> Mark => [0];

    /// <summary>At or before the first entry that there can be.</summary>
    public static byte[] First => [OfEntry];

    /// <summary>Behind all entries.</summary>
    public static byte[] BehindLast => [OfEntry + 1];

    /// <summary>The stored key of an entry, in the buffer where that is long enough.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> key, Span<byte> buffer)
    {
        if (key.Length >= buffer.Length)
            buffer = new byte[key.Length + 1];
        buffer[0] = OfEntry;
        key.CopyTo(buffer[1..]);
        return buffer[..(key.Length + 1)];
    }

    public static ReadOnlySpan<byte> Entry(ReadOnlySpan<byte> stored) => stored[1..];
}
