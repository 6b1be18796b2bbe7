namespace GokaAkka.Storage.Sqlite;

/// <summary>The one connection that writes.</summary>
sealed class Writer : IDisposable
{
    readonly Database _database;
    readonly string _log;
    readonly long _logLimit;
    readonly Identity _identity;
    readonly Statement _begin;
    readonly Statement _commit;
    readonly Statement _rollback;
    readonly Statement _put;
    readonly Statement _delete;

    public Writer(StorePlace place, SqliteStorageOptions options)
    {
        _log = place.Path + "-wal";
        _logLimit = options.WriteAheadLogBytes;
        _database = Database.Open(place, forWriting: true);
        try
        {
            Configure(options);
            _identity = new Identity(_database);
            (Position, var wasClosed) = _identity.Read();
            if (options.Verify == StoreVerification.Always || (options.Verify == StoreVerification.AfterCrash && !wasClosed))
                Verifier.Check(_database);
            _begin = _database.Prepare("BEGIN IMMEDIATE", "begin to write");
            _commit = _database.Prepare("COMMIT", "commit a batch");
            _rollback = _database.Prepare("ROLLBACK", "undo a batch");
            _put = _database.Prepare("INSERT OR REPLACE INTO entries VALUES (?1, ?2, ?3)", "set a key");
            _delete = _database.Prepare("DELETE FROM entries WHERE key = ?1", "delete a key");
            _identity.Write(Position, closed: false);
        }
        catch
        {
            _database.Dispose();
            throw;
        }
    }

    public StorePosition Position { get; private set; }

    public void Apply(WriteBatch writes, StorePosition position) => InTransaction(position, () =>
    {
        for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
        {
            if (sorted.IsDelete)
                _delete.Bind(1, sorted.Key).Run();
            else
                _put.Bind(1, sorted.Key).Bind(2, sorted.Value).Bind(3, EntryChecksum.Of(sorted.Key, sorted.Value)).Run();
        }
    });

    /// <summary>Removes everything, and is on disk when it returns.</summary>
    public void Clear()
    {
        _database.Execute("PRAGMA synchronous=FULL", "be cleared");
        try
        {
            InTransaction(StorePosition.None, () => _database.Execute("DELETE FROM entries", "be cleared"));
        }
        finally
        {
            _database.Execute("PRAGMA synchronous=NORMAL", "be cleared");
        }
    }

    /// <summary>
    /// Whether the write-ahead log has grown past its limit, and past the file, so that writing it back costs no more than writing it did.
    /// </summary>
    public bool IsLogFull() => Length(_log) is var length && length > _logLimit && length > Length(_database.Place.Path);

    /// <summary>
    /// Empties the write-ahead log where nobody reads from it. What goes wrong here costs no data: the log stays and the next batch tries
    /// again, and reports a full disk as its own error.
    /// </summary>
    public void EmptyLog()
    {
        _database.WaitForLocks(0);
        _ = _database.Checkpoint();
        _database.WaitForLocks(SqliteStorage.LockWaitMilliseconds);
    }

    /// <summary>Notes that the store was closed rather than left by a crash.</summary>
    public void MarkClosed() => _identity.Write(Position, closed: true);

    public void Dispose()
    {
        _identity.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _put.Dispose();
        _delete.Dispose();
        _database.Dispose();
    }

    static long Length(string path) => new FileInfo(path) is { Exists: true, Length: var length } ? length : 0;

    void Configure(SqliteStorageOptions options)
    {
        _database.WaitForLocks(SqliteStorage.LockWaitMilliseconds);
        Schema.Ensure(_database);
        if (_database.IsReadOnly)
            throw Schema.WhyReadOnly(_database.Place);
        _database.Execute("PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF", "be set up");
        _database.Execute($"PRAGMA cache_size=-{Math.Max(1, options.CacheBytes / 2048)}", "set its cache");
        if (options.PageLimit > 0)
            _database.ReadNumber($"PRAGMA max_page_count={options.PageLimit}", "set its size");
    }

    void InTransaction(StorePosition position, Action write)
    {
        _begin.Run();
        try
        {
            write();
            _identity.Write(position, closed: false);
            _commit.Run();
        }
        catch
        {
            // SQLite may have undone it already, as it does when the disk is full.
            if (_database.InTransaction)
                _rollback.Run();
            throw;
        }

        Position = position;
    }
}
