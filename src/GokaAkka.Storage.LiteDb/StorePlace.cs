using LiteDB;

namespace GokaAkka.Storage.LiteDb;

/// <summary>Which store and where, as messages name it.</summary>
sealed record StorePlace(StorageId Id, string Path)
{
    /// <summary>Where the batches go that are not in the store's file yet, by LiteDB's own convention.</summary>
    public string LogPath => Beside("-log");

    string[] Others => [LogPath, Beside("-tmp")];

    /// <summary>What the store's files take, in bytes.</summary>
    public long? Size => StoreFiles.Size(Path, Others);

    /// <summary>Removes the store's files.</summary>
    public void Discard() => StoreFiles.Discard(Path, Others);

    /// <summary>Removes what a crash kept <see cref="Discard"/> from removing.</summary>
    public void FinishDiscard() => StoreFiles.FinishDiscard(Path, Others);

    /// <summary>Runs what uses the engine, and turns its errors into ours.</summary>
    /// <remarks>
    /// LiteDB reports damage by whatever exception the damaged bytes happen to lead to, so all but those of the disk and of waiting mean damage.
    /// </remarks>
    public T Call<T>(string what, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException || IsOfWaiting(e))
        {
            throw new StorageException($"{this} could not {what}: {e.Message} Look at the disk, the permissions and the free space there.", e);
        }
        catch (Exception e) when (e is not (StorageException or ObjectDisposedException or OutOfMemoryException))
        {
            throw Corrupt($"LiteDB could not {what}: {e.Message}", e);
        }
    }

    /// <summary>An error for contents that cannot be trusted.</summary>
    public StorageCorruptException Corrupt(string found, Exception? cause = null) =>
        new($"{this} cannot be trusted: {found}. Delete the store and let it be restored from its changelog.", cause);

    public override string ToString() => $"The LiteDB store of {Id} ({Path})";

    static bool IsOfWaiting(Exception e) =>
        e is LiteException { ErrorCode: var code } && (code == LiteException.LOCK_TIMEOUT || code == LiteException.ENGINE_DISPOSED);

    string Beside(string suffix) =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, System.IO.Path.GetFileNameWithoutExtension(Path) + suffix + ".db");
}
