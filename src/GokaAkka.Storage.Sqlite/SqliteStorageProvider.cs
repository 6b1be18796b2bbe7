namespace GokaAkka.Storage.Sqlite;

/// <summary>Keeps every table partition in an SQLite file of its own.</summary>
/// <remarks>
/// In the place of goka's LevelDB builder. A crash of the process never loses or tears an applied batch. A power loss may lose the last
/// batches, which the changelog still has, and never leaves half of one: the write-ahead log is checksummed and is on disk before any of it
/// is copied into the store's file (SQLite's <c>synchronous=NORMAL</c> in WAL mode).
/// </remarks>
public sealed class SqliteStorageProvider : IStorageProvider
{
    readonly SqliteStorageOptions _options;

    /// <summary>A provider of stores below one directory, as <c>goka.storage.provider</c> makes it.</summary>
    /// <exception cref="ArgumentException">The directory is empty.</exception>
    public SqliteStorageProvider(string directory) : this(new SqliteStorageOptions { Directory = directory })
    {
    }

    /// <summary>A provider of stores below one directory.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public SqliteStorageProvider(SqliteStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <summary>The file of a store.</summary>
    public string PathOf(StorageId id) => StoreFileName.Of(_options.Directory, id, ".sqlite");

    /// <inheritdoc/>
    /// <exception cref="StorageCorruptException">
    /// The file is damaged, of another store, of another program or of an unknown format. <see cref="Delete"/> makes room for a new one.
    /// </exception>
    public IStorage Open(StorageId id)
    {
        var place = new StorePlace(id, PathOf(id));
        var ownership = StoreLock.Take(place.Path);
        try
        {
            return new SqliteStorage(place, _options, ownership);
        }
        catch
        {
            ownership.Dispose();
            throw;
        }
    }

    /// <summary>Removes a store and all it holds, also one that cannot be opened. Does nothing when there is none.</summary>
    /// <exception cref="StorageLockedException">It is open, here or in another process.</exception>
    /// <exception cref="StorageException">It cannot be removed.</exception>
    public void Delete(StorageId id)
    {
        var place = new StorePlace(id, PathOf(id));
        using var ownership = StoreLock.Take(place.Path);
        place.Discard();
    }
}
