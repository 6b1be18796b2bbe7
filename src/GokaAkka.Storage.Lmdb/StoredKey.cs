namespace GokaAkka.Storage.Lmdb;

/// <summary>Keys as LMDB takes them: 1 to 511 bytes.</summary>
/// <remarks>
/// A byte before each key lets the empty one be, and sets the store's mark apart. Keys of 510 bytes and more that begin with the same 510 share a record, a
/// block of entries. That keeps the records in the order of the keys: what begins with those bytes comes directly after what is shorter.
/// </remarks>
static class StoredKey
{
    /// <summary>The longest that LMDB takes, whatever its version.</summary>
    public const int Longest = 511;

    /// <summary>Keys of so many bytes share a record.</summary>
    public const int Shared = Longest - 1;

    const byte OfEntry = 1;

    /// <summary>Where the store's mark is; before all entries.</summary>
    public static ReadOnlySpan<byte> Mark => [0];

    /// <summary>The key of the record with an entry.</summary>
    /// <param name="key">The entry's key.</param>
    /// <param name="buffer">Room for <see cref="Longest"/> bytes.</param>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> key, Span<byte> buffer)
    {
        var length = Math.Min(key.Length, Shared);
        buffer[0] = OfEntry;
        key[..length].CopyTo(buffer[1..]);
        return buffer[..(length + 1)];
    }

    /// <summary>Whether a record is a block of entries.</summary>
    public static bool IsShared(ReadOnlySpan<byte> stored) => stored.Length == Longest;
}
