using GokaAkka.Storage.Sqlite;

namespace GokaAkka.Storage.Tests;

public sealed class SqliteFixture : IStoreFixture
{
    readonly TemporaryFolder _folder = new();

    // A small log, so that the tests see it emptied as well.
    public SqliteStorageOptions Options => new() { Directory = _folder.Path, WriteAheadLogBytes = 256 * 1024 };

    public IStorageProvider NewProvider() => new SqliteStorageProvider(Options);

    public void Dispose() => _folder.Dispose();
}

public sealed class SqlitePosition : PositionConformance<SqliteFixture>;

public sealed class SqliteContents : ContentsConformance<SqliteFixture>;

public sealed class SqliteIterators : IteratorConformance<SqliteFixture>;

public sealed class SqliteConcurrency : ConcurrencyConformance<SqliteFixture>;

public sealed class SqliteModel(ITestOutputHelper output) : ModelConformance<SqliteFixture>(output);

public sealed class SqliteDurability : DurabilityConformance<SqliteFixture>;

public sealed class SqliteDurableContents : DurableContentsConformance<SqliteFixture>;

public sealed class SqliteCrashes : CrashConformance<SqliteStorageProvider>;
