namespace GokaAkka.Storage;

/// <summary>
/// Appends the values of every table partition to a file of its own, <c>directory/owner/topic.partition.values</c>, one per line, for other
/// programs to read. Such a store cannot be read here: every key is absent.
/// </summary>
/// <remarks>
/// In the place of goka's <c>storage.NewFile</c>. An applied batch survives a crash of the process and a power loss, whole, and with its
/// position. A value that holds a line feed is not escaped.
/// </remarks>
public sealed class AppendFileStorageProvider : IStorageProvider
{
    readonly string _directory;

    /// <summary>A provider of files below one directory, which is made when absent.</summary>
    public AppendFileStorageProvider(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        _directory = directory;
    }

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <summary>The file that a store's values are appended to.</summary>
    public string PathOf(StorageId id) => StoreFileName.Of(_directory, id, ".values");

    /// <inheritdoc/>
    public IStorage Open(StorageId id)
    {
        var path = PathOf(id);
        var ownership = StoreLock.Take(path);
        try
        {
            return new AppendFileStorage(path, id, ownership);
        }
        catch
        {
            ownership.Dispose();
            throw;
        }
    }
}
