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
    readonly Statement _find;
    Statement? _scan;
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
            _find = _database.Prepare($"{Schema.SelectBlocks} WHERE f.first <= ?1 ORDER BY f.first DESC LIMIT 1", "read a key");
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
            if (!_find.Bind(1, key).Step())
                return null;
            var block = new Block(Place, _find.Bytes(2));
            var index = block.Find(key, out var isThere);
            return isThere ? block.ValueAt(index).ToArray() : null;
        }
        finally
        {
            _find.Reset();
        }
    }

    public bool Has(ReadOnlySpan<byte> key)
    {
        try
        {
            if (!_find.Bind(1, key).Step())
                return false;
            new Block(Place, _find.Bytes(2)).Find(key, out var isThere);
            return isThere;
        }
        finally
        {
            _find.Reset();
        }
    }

    /// <summary>The blocks from the one with a key on, ready to step through; reset it before the next use.</summary>
    public Statement Scan(ReadOnlySpan<byte> start)
    {
        _scan ??= _database.Prepare(
            $"{Schema.SelectBlocks} WHERE f.first >= coalesce((SELECT first FROM fences WHERE first <= ?1 ORDER BY first DESC LIMIT 1), x'') ORDER BY f.first",
            "be iterated over");
        return _scan.Bind(1, start);
    }

    public void Dispose()
    {
        _begin.Dispose();
        _end.Dispose();
        _pin.Dispose();
        _find.Dispose();
        _scan?.Dispose();
        _database.Dispose();
    }
}
