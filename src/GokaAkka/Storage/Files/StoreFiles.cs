namespace GokaAkka.Storage;

/// <summary>The files that make up a store, removed as if they were one. For those who write a store.</summary>
/// <remarks>
/// No order of removal is safe by itself: a database without its log may be torn, and a log without its database would be taken into the next
/// one. So a marker, <c>STORE.discarding</c>, says that all are to go, and the next opening finishes what a crash interrupted.
/// </remarks>
public static class StoreFiles
{
    /// <summary>Removes a store's files, where they exist. The caller holds its <see cref="StoreLock"/>.</summary>
    /// <param name="store">The path of the store.</param>
    /// <param name="others">The paths of what lies beside it.</param>
    /// <exception cref="StorageException">They cannot be removed.</exception>
    public static void Discard(string store, params ReadOnlySpan<string> others)
    {
        try
        {
            using (var marker = new FileStream(Marker(store), FileMode.Create, FileAccess.Write))
                marker.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(store, e);
        }

        FinishDiscard(store, others);
    }

    /// <summary>Removes what a crash kept <see cref="Discard"/> from removing. Called before a store is opened.</summary>
    /// <exception cref="StorageException">It cannot be removed.</exception>
    public static void FinishDiscard(string store, params ReadOnlySpan<string> others)
    {
        try
        {
            if (!File.Exists(Marker(store)))
                return;
            foreach (var other in others)
                File.Delete(other);
            File.Delete(store);
            File.Delete(Marker(store));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(store, e);
        }
    }

    /// <summary>The bytes that a store's files take together; null when they cannot be asked for.</summary>
    /// <param name="store">The path of the store.</param>
    /// <param name="others">The paths of what lies beside it, where it exists.</param>
    public static long? Size(string store, params ReadOnlySpan<string> others)
    {
        try
        {
            var size = new FileInfo(store).Length;
            foreach (var other in others)
                size += new FileInfo(other) is { Exists: true } file ? file.Length : 0;
            return size;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static string Marker(string store) => store + ".discarding";

    static StorageException Failed(string store, Exception cause) =>
        new($"The store {store} cannot be removed: {cause.Message} Let this process write to its folder.", cause);
}
