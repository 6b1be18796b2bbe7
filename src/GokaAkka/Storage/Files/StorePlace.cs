namespace GokaAkka.Storage;

/// <summary>Which store and where: its files, removed as if they were one, and its name in errors.</summary>
/// <remarks>
/// No order of removal is safe by itself: a database without its log may be torn, and a log without its database would be read into the next one.
/// So a marker, <c>STORE.discarding</c>, says that all are to go, and the next opening finishes what a crash interrupted.
/// </remarks>
/// <param name="engine">The engine's name, as errors tell it.</param>
/// <param name="id">The store.</param>
/// <param name="path">The path of its file, or of its folder.</param>
/// <param name="others">The paths of what the engine keeps beside it.</param>
sealed class StorePlace(string engine, StorageId id, string path, params string[] others)
{
    /// <summary>The store.</summary>
    public StorageId Id => id;

    public string Path => path;

    /// <summary>Whether there is a store.</summary>
    public bool Exists => File.Exists(path) || Directory.Exists(path);

    /// <summary>The bytes that its files take together; null when they cannot be asked for.</summary>
    public long? Size
    {
        get
        {
            try
            {
                var files = Directory.Exists(path) ? new DirectoryInfo(path).GetFiles() : [new FileInfo(path), .. others.Select(static o => new FileInfo(o)).Where(static o => o.Exists)];
                return files.Sum(static f => f.Length);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    string Marker => path + ".discarding";

    /// <summary>Removes the files, where they exist. The caller holds the store's <see cref="StoreLock"/>.</summary>
    /// <exception cref="StorageException">They cannot be removed.</exception>
    public void Discard() => Remove(() =>
    {
        using (var marker = new FileStream(Marker, FileMode.Create, FileAccess.Write))
            marker.Flush(flushToDisk: true);
        RemoveFiles();
    });

    /// <summary>Removes what a crash kept <see cref="Discard"/> from removing. Called before the store is opened.</summary>
    /// <exception cref="StorageException">It cannot be removed.</exception>
    public void FinishDiscard() => Remove(() =>
    {
        if (File.Exists(Marker))
            RemoveFiles();
    });

    /// <summary>An error for contents that cannot be trusted.</summary>
    public StorageCorruptException Corrupt(string found, Exception? cause = null) =>
        new($"{this} cannot be trusted: {found}. Delete the store and let it be restored from its changelog.", cause);

    /// <summary>An error of the disk or of what lies on the way there.</summary>
    /// <param name="what">What the store could not do, as in "could not be opened".</param>
    /// <param name="why">The cause.</param>
    /// <param name="cause">The exception it came from.</param>
    public StorageException Failed(string what, string why, Exception? cause = null) =>
        new($"{this} could not {what}: {why} Look at the disk, the permissions and the free space there (goka.storage.directory).", cause);

    public override string ToString() => $"The {engine} store of {id} ({path})";

    void RemoveFiles()
    {
        foreach (var other in others)
            File.Delete(other);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        File.Delete(path);
        File.Delete(Marker);
    }

    void Remove(Action remove)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed("be removed", e.Message, e);
        }
    }
}
