namespace GokaAkka.Storage.Lmdb;

/// <summary>Keys as LMDB takes them: 1 to 511 bytes.</summary>
/// <remarks>
/// Keys of 510 bytes and more that begin with the same 510 share a record, a block of entries. That keeps the records in the order of the keys: what begins
/// with those bytes comes directly after what is shorter.
/// </remarks>
static class LmdbKey
{
    /// <summary>Room for the longest that LMDB takes, whatever its version, which is a byte less.</summary>
    public const int Room = 512;

    const int Longest = Room - 1;

    /// <summary>The key of the record with an entry.</summary>
    /// <param name="key">The entry's key.</param>
    /// <param name="buffer">Of <see cref="Room"/>.</param>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> key, Span<byte> buffer) => StoredKey.Of(key[..Math.Min(key.Length, Longest - 1)], buffer);

    /// <summary>Whether a record is a block of entries.</summary>
    public static bool IsShared(ReadOnlySpan<byte> stored) => stored.Length == Longest;
}
