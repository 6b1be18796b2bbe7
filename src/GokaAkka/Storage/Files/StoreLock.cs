namespace GokaAkka.Storage;

/// <summary>
/// Exclusive ownership of a store kept in files, across processes and within one. The operating system holds it, so it ends with the
/// process, however that ends.
/// </summary>
/// <remarks>
/// It is a lock on the file <c>STORE.lock</c>, which stays behind empty: removing it would let two owners each lock a file of that name.
/// Who owns the store is told in <c>STORE.owner</c>, for messages only.
/// </remarks>
sealed class StoreLock : IDisposable
{
    static readonly string Self = $"process {Environment.ProcessId} on {Environment.MachineName}";

    readonly FileStream _file;
    readonly string _ownerFile;

    StoreLock(FileStream file, string ownerFile)
    {
        _file = file;
        _ownerFile = ownerFile;
    }

    /// <summary>Takes the store, making its folder where it is absent.</summary>
    /// <param name="store">The path of the store.</param>
    /// <exception cref="StorageLockedException">Someone else holds it; the message says who, when that is known.</exception>
    /// <exception cref="StorageException">The lock file cannot be made.</exception>
    public static StoreLock Take(string store)
    {
        var ownerFile = store + ".owner";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(store))!);
            var file = new FileStream(store + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            try
            {
                File.WriteAllText(ownerFile, Self);
            }
            catch
            {
                file.Dispose();
                throw;
            }

            return new StoreLock(file, ownerFile);
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new StorageLockedException(
                $"The store {store} is held by {Owner(ownerFile)}. A store has one owner: stop that one, or give this one a directory of its own.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The store {store} cannot be opened: {e.Message} Expected a directory that this process may write to.", e);
        }
    }

    /// <summary>Gives the store up.</summary>
    public void Dispose()
    {
        if (!_file.SafeFileHandle.IsClosed)
            Forget(_ownerFile);
        _file.Dispose();
    }

    // .NET reports a file held by someone else as ERROR_SHARING_VIOLATION on Windows and as EWOULDBLOCK, the raw errno, elsewhere.
    static bool IsHeld(IOException e) => e.GetType() == typeof(IOException) && (e.HResult & 0xffff) is 32 or 33 or 11 or 35;

    static string Owner(string ownerFile)
    {
        try
        {
            var owner = File.ReadAllText(ownerFile);
            return owner == Self ? $"another owner in this process ({owner})" : owner.Length > 0 ? owner : "another owner";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another owner";
        }
    }

    static void Forget(string ownerFile)
    {
        try
        {
            File.Delete(ownerFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It only feeds a message, and the next owner overwrites it.
        }
    }
}
