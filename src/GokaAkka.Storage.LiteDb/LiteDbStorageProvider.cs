namespace GokaAkka.Storage.LiteDb;

/// <summary>Keeps every table partition in a LiteDB file of its own. The default: managed code alone, on every platform.</summary>
/// <remarks>
/// In the place of goka's LevelDB builder. Every batch is on the disk when <see cref="IStorage.Apply"/> returns, and neither a crash of the process nor a
/// power failure leaves half of one. A value may have up to 16 MB.
/// </remarks>
/// <param name="directory">Where the files live: <c>directory/owner/topic.partition.db</c>. Made when absent. Not a folder that is emptied at a reboot.</param>
/// <exception cref="ArgumentException">The directory is empty.</exception>
public sealed class LiteDbStorageProvider(string directory) : FileStorageProvider(directory, "LiteDB")
{
    LiteDbStorageProvider(string directory, IStoreSettings settings) : this(directory) => CacheBytes = settings.Size("cache-size");

    /// <summary>Memory for blocks of entries of each open store, in bytes. 16 MiB by default. LiteDB's own cache of pages comes on top.</summary>
    public long CacheBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Where the batches are that are not in the store's file yet, by LiteDB's own convention.</summary>
    internal static string LogPath(string path) => $"{Path.ChangeExtension(path, null)}-log.db";

    private protected override IStorage Open(StorePlace place, StoreLock ownership) => new LiteDbStorage(place, CacheBytes, ownership);
}
