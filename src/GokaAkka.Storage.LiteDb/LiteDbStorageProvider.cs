namespace GokaAkka.Storage.LiteDb;

/// <summary>Keeps every table partition in a LiteDB file of its own.</summary>
/// <remarks>
/// In the place of goka's LevelDB builder. A crash of the process never loses or tears an applied batch. A power loss may lose the last
/// batches, and may leave half of one, which is found out at the next opening (see <see cref="LiteDbStorageOptions.Verify"/>). A value may have
/// up to 16 MB.
/// </remarks>
public sealed class LiteDbStorageProvider : IStorageProvider
{
    readonly LiteDbStorageOptions _options;

    /// <summary>A provider of stores below one directory.</summary>
    public LiteDbStorageProvider(string directory) : this(new LiteDbStorageOptions { Directory = directory })
    {
    }

    /// <summary>A provider of stores below one directory.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public LiteDbStorageProvider(LiteDbStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <summary>The file of a store.</summary>
    public string PathOf(StorageId id) => StoreFileName.Of(_options.Directory, id, ".db");

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
            return new LiteDbStorage(place, _options, ownership);
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
