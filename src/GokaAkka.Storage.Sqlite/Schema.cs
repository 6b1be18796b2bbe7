namespace GokaAkka.Storage.Sqlite;

/// <summary>The tables of a store's file, and whether a file is one.</summary>
static class Schema
{
    /// <summary>Raised when the tables or what they hold change in a way that older code cannot read.</summary>
    const int Version = 2;

    /// <summary>Stands in the file's header, so that a database of another program is not taken for ours: "GoAk".</summary>
    const int ApplicationId = 0x476F416B;

    /// <summary>Larger pages make large batches in random key order cheaper, smaller ones small batches; this one is good at both.</summary>
    public const int PageSize = 8192;

    /// <summary>Blocks with their fences and numbers; what a condition is added to. A block that is missing is null.</summary>
    public const string SelectBlocks = "SELECT f.first, f.block, b.data FROM fences f LEFT JOIN blocks b ON b.id = f.block";

    const string Blocks = "CREATE TABLE blocks (id INTEGER PRIMARY KEY, data BLOB NOT NULL)";

    // Where each block begins. Beside the blocks, so that what is looked through for a key is small.
    const string Fences = "CREATE TABLE fences (first BLOB NOT NULL PRIMARY KEY, block INTEGER NOT NULL) WITHOUT ROWID";

    const string Store =
        "CREATE TABLE store (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, " +
        "next_offset INTEGER NOT NULL, fingerprint INTEGER NOT NULL, timestamp INTEGER NOT NULL, closed INTEGER NOT NULL, sum INTEGER NOT NULL)";

    /// <summary>Makes the tables in a new file, or checks that they are there in an old one.</summary>
    public static void Ensure(Database database)
    {
        if (!IsNew(database))
        {
            Check(database);
            return;
        }

        database.Execute($"PRAGMA page_size={PageSize}", "set its page size");
        database.Execute("PRAGMA journal_mode=WAL", "begin its write-ahead log");
        database.Execute(
            $"BEGIN IMMEDIATE; {Blocks}; {Fences}; {Store}; PRAGMA application_id={ApplicationId}; PRAGMA user_version={Version}; COMMIT", "make its tables");
    }

    /// <summary>Why SQLite opened a file for reading only: it may not write to it, or the file claims a format that it may only read.</summary>
    public static StorageException WhyReadOnly(StorePlace place)
    {
        const int writeVersionAt = 18;
        const int writeVersionOfLogs = 2;
        using var file = File.OpenHandle(place.Path, share: FileShare.ReadWrite | FileShare.Delete);
        Span<byte> found = [0];
        return RandomAccess.Read(file, found, writeVersionAt) == 1 && found[0] > writeVersionOfLogs
            ? place.Corrupt($"its header says that its pages are written in version {found[0]}, expected {writeVersionOfLogs}")
            : place.Failed("be opened for writing", SQLitePCL.raw.SQLITE_READONLY, "the file is read-only");
    }

    static bool IsNew(Database database) =>
        database.ReadNumber("SELECT count(*) FROM sqlite_schema", "be read") == 0
        && database.ReadNumber("PRAGMA application_id", "be read") == 0
        && database.ReadNumber("PRAGMA user_version", "be read") == 0;

    static void Check(Database database)
    {
        var application = database.ReadNumber("PRAGMA application_id", "be read");
        if (application != ApplicationId)
            throw database.Place.Corrupt($"the file is a database of another program (application id {application}, expected {ApplicationId})");
        var version = database.ReadNumber("PRAGMA user_version", "be read");
        if (version != Version)
            throw database.Place.Corrupt($"its format is version {version}, expected {Version}");
        using var tables = database.Prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name", "read its tables");
        foreach (var expected in (ReadOnlySpan<string>)[Blocks, Fences, Store])
        {
            var found = tables.Step() ? System.Text.Encoding.UTF8.GetString(tables.Bytes(0)) : "nothing";
            if (found != expected)
                throw database.Place.Corrupt($"found the table definition '{found}', expected '{expected}'");
        }

        if (tables.Step())
            throw database.Place.Corrupt($"it has a table that no store has: '{System.Text.Encoding.UTF8.GetString(tables.Bytes(0))}'");
        database.Execute("PRAGMA journal_mode=WAL", "begin its write-ahead log");
    }
}
