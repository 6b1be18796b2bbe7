using SQLitePCL;

namespace GokaAkka.Storage.Sqlite;

/// <summary>A connection to a store's file, used by one thread at a time; turns SQLite's codes into exceptions.</summary>
sealed class Database : IDisposable
{
    // Not in SQLitePCL.raw: no lock inside the connection, since its owner sees to it that one thread at a time uses it.
    const int OpenNoMutex = 0x8000;
    const uint PreparePersistent = 1;

    readonly sqlite3 _handle;

    static Database() => Batteries_V2.Init();

    Database(sqlite3 handle, StorePlace place)
    {
        _handle = handle;
        Place = place;
    }

    public StorePlace Place { get; }

    /// <summary>Whether SQLite opened the file for reading only, which it does in silence when it may not write.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(_handle, "main") != 0;

    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    public static Database Open(StorePlace place, bool forWriting)
    {
        var flags = forWriting ? raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE : raw.SQLITE_OPEN_READONLY;
        var code = raw.sqlite3_open_v2(place.Path, out var handle, flags | OpenNoMutex, null);
        var database = new Database(handle, place);
        if (code == raw.SQLITE_OK)
            return database;
        var error = database.Error(code, "be opened");
        database.Dispose();
        throw error;
    }

    public void Execute(string sql, string what)
    {
        var code = raw.sqlite3_exec(_handle, sql);
        if (code != raw.SQLITE_OK)
            throw Error(code, what);
    }

    public long ReadNumber(string sql, string what)
    {
        using var statement = Prepare(sql, what);
        return statement.Step() ? statement.Number(0) : 0;
    }

    public Statement Prepare(string sql, string what)
    {
        var code = raw.sqlite3_prepare_v3(_handle, sql, PreparePersistent, out var statement);
        if (code == raw.SQLITE_OK)
            return new Statement(this, statement, what);
        // Our own words are right, so the tables they name are not what they should be.
        if (code == raw.SQLITE_ERROR)
            throw Place.Corrupt(raw.sqlite3_errmsg(_handle).utf8_to_string());
        throw Error(code, what);
    }

    /// <summary>How long to wait for a lock that another connection holds, in milliseconds.</summary>
    public void WaitForLocks(int milliseconds) => _ = raw.sqlite3_busy_timeout(_handle, milliseconds);

    /// <summary>
    /// Copies the write-ahead log into the file and empties it, as far as open snapshots allow, without waiting for them.
    /// </summary>
    /// <returns>SQLite's code; nothing is lost when it failed.</returns>
    public int Checkpoint() => raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);

    public StorageException Error(int code, string what)
    {
        var extended = raw.sqlite3_extended_errcode(_handle);
        return Place.Failed(what, (extended & 0xff) == (code & 0xff) ? extended : code, raw.sqlite3_errmsg(_handle).utf8_to_string());
    }

    public void Dispose() => _handle.Dispose();
}
