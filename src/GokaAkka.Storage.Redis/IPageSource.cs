namespace GokaAkka.Storage.Redis;

/// <summary>Contents that are read a page at a time, since whatever holds them keeps no snapshot for as long as an iterator lives.</summary>
interface IPageSource
{
    /// <summary>The first entries at or after a key, in byte order, at most so many. Fewer mean that there are no more before the limit.</summary>
    /// <param name="from">Where to begin.</param>
    /// <param name="isAfter">Whether to leave out <paramref name="from"/> itself.</param>
    /// <param name="limit">The first key past the range; null for no end.</param>
    /// <param name="count">The most entries to return.</param>
    List<StoredEntry> ReadPage(byte[] from, bool isAfter, ReadOnlyMemory<byte>? limit, int count);
}

/// <summary>A key and its value; null stands for an absent one.</summary>
readonly record struct StoredEntry(byte[] Key, byte[]? Value);
