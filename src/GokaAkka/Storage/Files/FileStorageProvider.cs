namespace GokaAkka.Storage;

/// <summary>Opens stores that have a file of their own, each locked by its owner: what the stores of GokaAkka on files have in common.</summary>
public abstract class FileStorageProvider : IStorageProvider
{
    readonly string _directory;
    readonly string _extension;

    private protected FileStorageProvider(string directory, string extension)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        (_directory, _extension) = (directory, extension);
    }

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <summary>The file of a store: <c>directory/owner/topic.partition.extension</c>.</summary>
    public string PathOf(StorageId id) => StoreFileName.Of(_directory, id, _extension);

    /// <inheritdoc/>
    /// <exception cref="StorageCorruptException">
    /// The file is damaged, of another store, of another program or of an unknown format. <see cref="Delete"/> makes room for a new one.
    /// </exception>
    public IStorage Open(StorageId id)
    {
        var place = Place(id, PathOf(id));
        var ownership = StoreLock.Take(place.Path);
        try
        {
            place.FinishDiscard();
            return Open(place, ownership);
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
        var place = Place(id, PathOf(id));
        using var ownership = StoreLock.Take(place.Path);
        place.Discard();
    }

    /// <summary>The files of a store.</summary>
    private protected abstract StorePlace Place(StorageId id, string path);

    /// <summary>Opens a store, which disposes <paramref name="ownership"/> when it is closed.</summary>
    private protected abstract IStorage Open(StorePlace place, StoreLock ownership);
}
