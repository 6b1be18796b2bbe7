namespace GokaAkka.Storage;

/// <summary>A store could not do what was asked. The message names the store, the cause and what to do.</summary>
public class StorageException : Exception
{
    /// <summary>An error of a store.</summary>
    public StorageException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}

/// <summary>The store is held by another process, or by another owner in this one.</summary>
public sealed class StorageLockedException : StorageException
{
    /// <summary>A store held by someone else.</summary>
    public StorageLockedException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}

/// <summary>The store's contents cannot be trusted: damaged, foreign or of an unknown format. It can be cleared and restored.</summary>
public sealed class StorageCorruptException : StorageException
{
    /// <summary>A store whose contents cannot be trusted.</summary>
    public StorageCorruptException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
