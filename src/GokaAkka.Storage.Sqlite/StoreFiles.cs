namespace GokaAkka.Storage.Sqlite;

/// <summary>The files that make up a store.</summary>
static class StoreFiles
{
    /// <summary>Removes a store's files. A crash half-way is made good by <see cref="FinishDiscard"/>.</summary>
    /// <remarks>
    /// The order alone cannot be safe: a database without its write-ahead log may be torn, and a log without its database would be taken
    /// into the next one. So a marker says that both are to go.
    /// </remarks>
    public static void Discard(string path)
    {
        try
        {
            using (var marker = new FileStream(Marker(path), FileMode.Create, FileAccess.Write))
                marker.Flush(flushToDisk: true);
            FinishDiscard(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The store {path} cannot be removed: {e.Message} Let this process write to its folder.", e);
        }
    }

    /// <summary>Removes what a crash kept <see cref="Discard"/> from removing.</summary>
    public static void FinishDiscard(string path)
    {
        if (!File.Exists(Marker(path)))
            return;
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
        File.Delete(path + "-journal");
        File.Delete(path);
        File.Delete(Marker(path));
    }

    static string Marker(string path) => path + ".discarding";
}
