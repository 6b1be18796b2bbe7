namespace GokaAkka.Storage.Sqlite;

/// <summary>
/// A connection that reads, used by one thread at a time. It stays on its snapshot between reads, which saves taking and giving back
/// the file locks each time, and moves on when the writer has published a later version.
/// </summary>
sealed class Reader : IDisposable
{
    // SQLite takes no more than just below 2 GiB; what is past that is read without a mapping.
    const long MostMappedBytes = int.MaxValue;

    readonly Database _database;
    readonly Statement _begin;
    readonly Statement _end;
    readonly Statement _pin;
    readonly Statement _get;
    readonly Statement _has;
    Statement? _all;
    Statement? _between;
    long _version = -1;

    public Reader(StorePlace place, long cacheBytes, bool mapFile)
    {
        _database = Database.Open(place, forWriting: false);
        try
        {
            _database.WaitForLocks(SqliteStorage.LockWaitMilliseconds);
            _database.Execute($"PRAGMA cache_size=-{Math.Max(1, cacheBytes / 1024)}", "set its cache");
            _ = _database.ReadNumber($"PRAGMA mmap_size={(mapFile ? MostMappedBytes : 0)}", "map its file");
            _begin = _database.Prepare("BEGIN", "begin to read");
            _end = _database.Prepare("COMMIT", "end a read");
            _pin = _database.Prepare("SELECT next_offset FROM store", "be read");
            _get = _database.Prepare("SELECT value, sum FROM entries WHERE key = ?1", "read a key");
            _has = _database.Prepare("SELECT 1 FROM entries WHERE key = ?1", "look for a key");
        }
        catch
        {
            _database.Dispose();
            throw;
        }
    }

    public StorePlace Place => _database.Place;

    /// <summary>Sees to it that reads show what was published as <paramref name="version"/> or later.</summary>
    public void MoveTo(long version)
    {
        if (_version == version)
            return;
        Release();
        _begin.Run();
        _version = version;
    }

    /// <summary>Takes the snapshot now rather than with the first read.</summary>
    public void Pin()
    {
        _pin.Step();
        _pin.Reset();
    }

    /// <summary>Lets go of the snapshot, so that the write-ahead log can be emptied.</summary>
    public void Release()
    {
        _version = -1;
        if (_database.InTransaction)
            _end.Run();
    }

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        try
        {
            if (!_get.Bind(1, key).Step())
                return null;
            var value = _get.Bytes(0);
            return _get.Number(1) == EntryChecksum.Of(key, value) ? value.ToArray() : throw Verifier.WrongEntry(Place, key);
        }
        finally
        {
            _get.Reset();
        }
    }

    public bool Has(ReadOnlySpan<byte> key)
    {
        try
        {
            return _has.Bind(1, key).Step();
        }
        finally
        {
            _has.Reset();
        }
    }

    /// <summary>The entries from a key on, ready to step through; reset it before the next use.</summary>
    public Statement Scan(ReadOnlySpan<byte> start, ReadOnlyMemory<byte>? limit)
    {
        if (limit is null)
        {
            _all ??= _database.Prepare("SELECT key, value, sum FROM entries WHERE key >= ?1 ORDER BY key", "be iterated over");
            return _all.Bind(1, start);
        }

        _between ??= _database.Prepare("SELECT key, value, sum FROM entries WHERE key >= ?1 AND key < ?2 ORDER BY key", "be iterated over");
        return _between.Bind(1, start).Bind(2, limit.Value.Span);
    }

    public void Dispose()
    {
        _begin.Dispose();
        _end.Dispose();
        _pin.Dispose();
        _get.Dispose();
        _has.Dispose();
        _all?.Dispose();
        _between?.Dispose();
        _database.Dispose();
    }
}
