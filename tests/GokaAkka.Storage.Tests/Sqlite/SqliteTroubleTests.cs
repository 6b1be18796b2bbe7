using GokaAkka.Storage.Sqlite;
using SQLitePCL;

namespace GokaAkka.Storage.Tests;

/// <summary>Full and read-only disks, files of others, interrupted removals, options out of range.</summary>
public sealed class SqliteTroubleTests : IDisposable
{
    static readonly StorageId Id = new("shop", "clicks-table", 0);

    readonly TemporaryFolder _folder = new();

    SqliteStorageProvider Provider => new(new SqliteStorageOptions { Directory = _folder.Path });

    [Fact]
    public void Full_store_must_refuse_a_batch_as_a_whole_and_stay_usable()
    {
        var provider = new SqliteStorageProvider(new SqliteStorageOptions { Directory = _folder.Path, PageLimit = 40 });
        using var store = provider.Open(Id);
        FillUp(store);
    }

    [SmallDiskFact]
    public void Full_disk_must_refuse_a_batch_as_a_whole_and_leave_the_store_usable()
    {
        using var disk = SmallDisk.TryMount("size=2m", out _)!;
        using var store = new SqliteStorageProvider(new SqliteStorageOptions { Directory = disk.Path, WriteAheadLogBytes = 128 * 1024 }).Open(Id);
        FillUp(store);
    }

    [SmallDiskFact]
    public void Read_only_disk_must_be_told_when_a_store_is_opened()
    {
        using var disk = SmallDisk.TryMount("size=2m", out _)!;
        var provider = new SqliteStorageProvider(new SqliteStorageOptions { Directory = disk.Path });
        provider.Open(Id).Dispose();
        disk.MakeReadOnly();
        var error = Should.Throw<StorageException>(() => provider.Open(Id));
        error.ShouldNotBeOfType<StorageCorruptException>();
        error.ShouldNotBeOfType<StorageLockedException>();
        error.Message.ShouldContain(provider.PathOf(Id));
        error.Message.ShouldContain("read-only", Case.Insensitive);
    }

    [Fact]
    public void Directory_that_is_a_file_must_be_told()
    {
        var file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "");
        var provider = new SqliteStorageProvider(new SqliteStorageOptions { Directory = file });
        Should.Throw<StorageException>(() => provider.Open(Id)).Message.ShouldContain(provider.PathOf(Id));
    }

    [Fact]
    public void File_that_is_no_database_must_be_refused_and_left_alone()
    {
        Write("This is a letter to my grandmother, and longer than the hundred bytes that a database's header takes up. Dear grandmother, "u8);
        Refused().ShouldContain("not a database");
        File.ReadAllText(Provider.PathOf(Id)).ShouldStartWith("This is a letter");
        File.Exists(Provider.PathOf(Id) + "-wal").ShouldBeFalse();
    }

    [Fact]
    public void Database_of_another_program_must_be_refused_and_left_alone()
    {
        Execute("CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES ('Help!')");
        var before = File.ReadAllBytes(Provider.PathOf(Id));
        Refused().ShouldContain("another program (application id 0, expected");
        File.ReadAllBytes(Provider.PathOf(Id)).ShouldBe(before);
    }

    [Fact]
    public void Store_of_another_partition_must_be_refused()
    {
        var other = Id with { Partition = 7 };
        Provider.Open(other).Dispose();
        File.Move(Provider.PathOf(other), Provider.PathOf(Id));
        Refused().ShouldContain("is the store of shop/clicks-table.7, expected shop/clicks-table.0");
    }

    [Fact]
    public void Store_of_a_later_format_must_be_refused()
    {
        Provider.Open(Id).Dispose();
        Execute("PRAGMA user_version=3");
        Refused().ShouldContain("version 3, expected 2");
    }

    [Fact]
    public void Store_with_other_tables_must_be_refused()
    {
        Provider.Open(Id).Dispose();
        Execute("ALTER TABLE blocks ADD COLUMN more TEXT");
        Refused().ShouldContain("table definition");
    }

    [Fact]
    public void Store_with_an_additional_table_must_be_refused()
    {
        Provider.Open(Id).Dispose();
        Execute("CREATE TABLE zoo (animal TEXT)");
        Refused().ShouldContain("zoo");
    }

    [Fact]
    public void Empty_file_must_become_a_new_store()
    {
        Write([]);
        using var store = Provider.Open(Id);
        store.Position.ShouldBe(StorePosition.None);
    }

    [Fact]
    public void Removal_that_a_crash_interrupted_must_be_finished_at_the_next_opening()
    {
        using (var store = Provider.Open(Id))
            store.Write(1, ("a", "1"));
        File.WriteAllText(Provider.PathOf(Id) + ".discarding", "");
        using var reopened = Provider.Open(Id);
        reopened.Position.ShouldBe(StorePosition.None);
        reopened.Dump().ShouldBeEmpty();
        reopened.Write(1, ("b", "2"));
        reopened.Dispose();
        using var again = Provider.Open(Id);
        again.Dump().ShouldBe(["b=2"]);
    }

    [Fact]
    public void Delete_must_do_nothing_when_there_is_no_store()
    {
        Provider.Delete(Id);
        File.Exists(Provider.PathOf(Id)).ShouldBeFalse();
    }

    [Fact]
    public void Delete_must_refuse_a_store_that_is_open()
    {
        using var store = Provider.Open(Id);
        Should.Throw<StorageLockedException>(() => Provider.Delete(Id)).Message.ShouldContain(Provider.PathOf(Id));
    }

    [Fact]
    public void Options_out_of_range_must_be_refused_by_name()
    {
        var options = new SqliteStorageOptions { Directory = _folder.Path };
        Should.Throw<ArgumentException>(() => new SqliteStorageProvider(options with { Directory = " " })).Message.ShouldContain("Directory");
        Should.Throw<ArgumentException>(() => new SqliteStorageProvider(options with { CacheBytes = 1 })).Message.ShouldContain("CacheBytes");
        Should.Throw<ArgumentException>(() => new SqliteStorageProvider(options with { WriteAheadLogBytes = 0 })).Message.ShouldContain("WriteAheadLogBytes");
        Should.Throw<ArgumentException>(() => new SqliteStorageProvider(options with { FilterBytes = 0 })).Message.ShouldContain("FilterBytes");
    }

    public void Dispose() => _folder.Dispose();

    // Adds entries until there is no room, then makes room and goes on.
    static void FillUp(IStorage store)
    {
        var applied = 0;
        StorageException? full = null;
        for (var round = 1; full is null; round++)
        {
            round.ShouldBeLessThan(1000, "the disk never filled up");
            try
            {
                store.Write(round, [.. Enumerable.Range(0, 50).Select(i => (new Key($"k{i}-{round}"), (string?)new string('x', 300)))]);
                applied = round;
            }
            catch (StorageException e)
            {
                full = e;
            }
        }

        full.ShouldNotBeOfType<StorageCorruptException>();
        full.Message.ShouldContain("full");
        applied.ShouldBeGreaterThan(0);
        store.Position.NextOffset.ShouldBe(applied);
        store.Dump().Length.ShouldBe(applied * 50);
        store.Get("k49-1"u8)!.Length.ShouldBe(300);

        store.Clear();
        store.Write(5, ("a", "1"));
        store.Dump().ShouldBe(["a=1"]);
    }

    string Refused()
    {
        var message = Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message;
        message.ShouldContain(Provider.PathOf(Id));
        // And it is not left locked.
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id));
        return message;
    }

    void Write(ReadOnlySpan<byte> content)
    {
        var path = Provider.PathOf(Id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    void Execute(string sql)
    {
        Batteries_V2.Init();
        var path = Provider.PathOf(Id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        raw.sqlite3_open(path, out var database).ShouldBe(raw.SQLITE_OK);
        raw.sqlite3_exec(database, sql).ShouldBe(raw.SQLITE_OK);
        database.Dispose();
    }
}
