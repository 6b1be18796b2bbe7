namespace GokaAkka.Storage;

/// <summary>Opens stores that have a file, or a folder, of their own, each locked by its owner: what the stores of GokaAkka on files have in common.</summary>
/// <remarks>
/// A table has a store of one engine in a directory. Where another engine has kept it before, its store is refused like one that cannot be trusted: whoever
/// opens it says so, deletes what there is and restores the table.
/// </remarks>
public abstract class FileStorageProvider : IStorageProvider
{
    // What the names of each engine's files end with, the store's own first.
    static readonly (string Engine, string[] Files)[] Engines =
    [
        ("LiteDB", [".db", "-log.db", "-tmp.db"]),
        ("LMDB", [".lmdb", ".lmdb-lock", ".lmdb.mark"]),
        ("RocksDB", [".rocksdb"]),
    ];

    readonly string _directory;
    readonly string _engine;

    private protected FileStorageProvider(string directory, string engine)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        (_directory, _engine) = (directory, engine);
    }

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <summary>The file, or the folder, of a store: <c>directory/owner/topic.partition.extension</c>.</summary>
    public string PathOf(StorageId id) => PlaceOf(id, _engine).Path;

    /// <inheritdoc/>
    /// <exception cref="StorageCorruptException">
    /// The file is damaged, of another store, of another program or of an unknown format, or another engine has kept the table. <see cref="Delete"/> makes
    /// room for a new one.
    /// </exception>
    public IStorage Open(StorageId id)
    {
        var place = PlaceOf(id, _engine);
        var ownership = StoreLock.Take(place.Path);
        try
        {
            place.FinishDiscard();
            if (!place.Exists && PlaceOfOther(id) is { } other)
                throw place.Corrupt($"the table was kept elsewhere before, in {other}");
            return Open(place, ownership);
        }
        catch
        {
            ownership.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Removes a store and all it holds, also one that cannot be opened, and that of another engine which has kept the table. Does nothing when there is none.
    /// </summary>
    /// <exception cref="StorageLockedException">It is open, here or in another process.</exception>
    /// <exception cref="StorageException">It cannot be removed.</exception>
    public void Delete(StorageId id)
    {
        Discard(PlaceOf(id, _engine));
        if (PlaceOfOther(id) is { } other)
            Discard(other);
    }

    /// <summary>Opens a store, which disposes <paramref name="ownership"/> when it is closed.</summary>
    private protected abstract IStorage Open(StorePlace place, StoreLock ownership);

    static void Discard(StorePlace place)
    {
        using var ownership = StoreLock.Take(place.Path);
        place.Discard();
    }

    StorePlace PlaceOf(StorageId id, string engine)
    {
        string[] paths = [.. Engines.First(e => e.Engine == engine).Files.Select(file => StoreFileName.Of(_directory, id, file))];
        return new StorePlace(engine, id, paths[0], paths[1..]);
    }

    StorePlace? PlaceOfOther(StorageId id) =>
        Engines.Where(e => e.Engine != _engine).Select(e => PlaceOf(id, e.Engine)).FirstOrDefault(static place => place.Exists);
}
