namespace GokaAkka.Storage.Lmdb;

/// <summary>Keeps every table partition in an LMDB file of its own: the fastest store. LMDB is a native library.</summary>
/// <remarks>
/// In the place of goka's LevelDB builder. A crash of the process never loses or tears an applied batch. A power failure may lose the last one, entries and
/// position together, and never leaves half of one. Where the library that the package brings does not load, the system's is used.
/// </remarks>
/// <param name="directory">Where the files live: <c>directory/owner/topic.partition.lmdb</c>. Made when absent. Not a folder that is emptied at a reboot.</param>
/// <exception cref="ArgumentException">The directory is empty.</exception>
public sealed class LmdbStorageProvider(string directory) : FileStorageProvider(directory, "LMDB")
{
    const int LeastMap = 64 * 1024;

    LmdbStorageProvider(string directory, IStoreSettings settings) : this(directory)
    {
        IteratorLifetime = settings.Duration("iterator-lifetime");
        MapBytes = settings.Size("map-size", LeastMap);
    }

    /// <summary>
    /// How long an iterator keeps its snapshot. Past it, it ends with a <see cref="StorageException"/> once the store needs what it holds: the file cannot
    /// use space again, and its map cannot grow, under an older snapshot. A minute by default.
    /// </summary>
    public TimeSpan IteratorLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Addresses reserved for a store's file, in bytes: 1 GiB by default, or twice the file's length where that is more. They take neither memory nor disk.
    /// A file that outgrows them waits for its iterators to end, and doubles them.
    /// </summary>
    public long MapBytes { get; init; } = 1L << 30;

    private protected override IStorage Open(StorePlace place, StoreLock ownership)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IteratorLifetime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MapBytes, LeastMap);
        return new LmdbStorage(() => new LmdbFile(place, MapBytes, IteratorLifetime), place, ownership);
    }
}
