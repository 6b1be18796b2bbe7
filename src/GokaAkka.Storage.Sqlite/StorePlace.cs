namespace GokaAkka.Storage.Sqlite;

/// <summary>Which store and where, as messages name it.</summary>
sealed record StorePlace(StorageId Id, string Path)
{
    string[] Others => [Path + "-wal", Path + "-shm", Path + "-journal"];

    /// <summary>What the store's files take, in bytes.</summary>
    public long? Size => StoreFiles.Size(Path, Others);

    /// <summary>Removes the store's files.</summary>
    public void Discard() => StoreFiles.Discard(Path, Others);

    /// <summary>Removes what a crash kept <see cref="Discard"/> from removing.</summary>
    public void FinishDiscard() => StoreFiles.FinishDiscard(Path, Others);

    public override string ToString() => $"The SQLite store of {Id} ({Path})";

    /// <summary>An error for what SQLite reported.</summary>
    public StorageException Failed(string what, int code, string cause)
    {
        // The low byte is the primary code, the rest tells more about it: https://www.sqlite.org/rescode.html
        var message = $"{this} could not {what}: {cause} (SQLite code {code}).";
        return (code & 0xff) switch
        {
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => Corrupt($"SQLite could not {what}: {cause} (code {code})"),
            SQLitePCL.raw.SQLITE_FULL => new DiskFullException($"{message} Nothing was changed. Make room on the disk."),
            SQLitePCL.raw.SQLITE_READONLY => new StorageException($"{message} Let this process write to the file and its folder."),
            SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED =>
                new StorageException($"{message} Another program, such as the sqlite3 shell, holds a lock on the file; end it."),
            _ => new StorageException($"{message} Look at the disk, the permissions and the free space there."),
        };
    }

    /// <summary>An error for contents that cannot be trusted.</summary>
    public StorageCorruptException Corrupt(string found) =>
        new($"{this} cannot be trusted: {found}. Delete the store and let it be restored from its changelog.");
}
