using SQLitePCL;

namespace GokaAkka.Storage.Sqlite;

/// <summary>A prepared statement of one connection. Hot path: nothing is allocated here.</summary>
sealed class Statement(Database database, sqlite3_stmt handle, string what) : IDisposable
{
    public Statement Bind(int parameter, ReadOnlySpan<byte> bytes)
    {
        Check(raw.sqlite3_bind_blob(handle, parameter, bytes));
        return this;
    }

    public Statement Bind(int parameter, long number)
    {
        Check(raw.sqlite3_bind_int64(handle, parameter, number));
        return this;
    }

    public Statement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(handle, parameter, utf8));
        return this;
    }

    /// <summary>Goes to the next row. False at the end.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code == raw.SQLITE_DONE)
            return false;
        throw Failed(code);
    }

    /// <summary>Runs a statement that gives no rows, and makes it ready to run again.</summary>
    public void Run()
    {
        var code = raw.sqlite3_step(handle);
        if (code != raw.SQLITE_DONE)
            throw Failed(code);
        _ = raw.sqlite3_reset(handle);
    }

    /// <summary>Makes the statement ready to run again. An error of the run was reported by <see cref="Step"/>.</summary>
    public void Reset() => _ = raw.sqlite3_reset(handle);

    /// <summary>A column's bytes, valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public void Dispose() => handle.Dispose();

    void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw database.Error(code, what);
    }

    StorageException Failed(int code)
    {
        var error = database.Error(code, what);
        _ = raw.sqlite3_reset(handle);
        return error;
    }
}
