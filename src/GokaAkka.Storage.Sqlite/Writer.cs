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
    readonly BlockWriter _blocks;
    readonly long _filterBytes;

    public Writer(StorePlace place, SqliteStorageOptions options)
    {
        _log = place.Path + "-wal";
        _logLimit = options.WriteAheadLogBytes;
        _filterBytes = options.FilterBytes;
        _database = Database.Open(place, forWriting: true);
        try
        {
            Configure(options);
            _identity = new Identity(_database);
            (Position, var wasClosed) = _identity.Read();
            if (options.Verify == StoreVerification.Always || (options.Verify == StoreVerification.AfterCrash && !wasClosed))
                Filter = Verifier.Check(_database, _filterBytes);
            _begin = _database.Prepare("BEGIN IMMEDIATE", "begin to write");
            _commit = _database.Prepare("COMMIT", "commit a batch");
            _rollback = _database.Prepare("ROLLBACK", "undo a batch");
            _blocks = new BlockWriter(_database);
            _identity.Write(Position, closed: false);
        }
        catch
        {
            _database.Dispose();
            throw;
        }
    }

    public StorePosition Position { get; private set; }

    /// <summary>Which keys there may be; null when nobody has looked.</summary>
    public KeyFilter? Filter { get; private set; }

    public void Apply(WriteBatch writes, StorePosition position)
    {
        InTransaction(position, () => _blocks.Apply(writes, Filter));
        if (Filter is { IsFull: true } full)
            Filter = Refilled(full.Larger());
    }

    /// <summary>Removes everything, and is on disk when it returns.</summary>
    public void Clear()
    {
        _database.Execute("PRAGMA synchronous=FULL", "be cleared");
        try
        {
            InTransaction(StorePosition.None, () => _database.Execute("DELETE FROM blocks; DELETE FROM fences", "be cleared"));
            Filter = new KeyFilter(0, _filterBytes);
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
        _blocks.Dispose();
        _database.Dispose();
    }

    KeyFilter Refilled(KeyFilter filter)
    {
        using var rows = _database.Prepare("SELECT data FROM blocks", "be read");
        while (rows.Step())
            filter.Add(new Block(_database.Place, rows.Bytes(0)));
        return filter;
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
