namespace GokaAkka.Storage.Sqlite;

/// <summary>There is no room for what was to be written, and nothing was changed.</summary>
sealed class DiskFullException(string message) : StorageException(message);
