namespace GokaAkka.Storage.Redis;

/// <summary>Contents that are read a page at a time, since the server keeps no snapshot for as long as an iterator lives.</summary>
sealed record RedisPages(RedisStore Store, ContentNames Contents)
{
    /// <inheritdoc cref="RedisStore.ReadEntries"/>
    public List<StoredEntry> ReadPage(byte[] from, bool isAfter, ReadOnlyMemory<byte>? limit, int count) => Store.ReadEntries(Contents, from, isAfter, limit, count);
}

/// <summary>A key and its value; null stands for an absent one.</summary>
readonly record struct StoredEntry(byte[] Key, byte[]? Value);
