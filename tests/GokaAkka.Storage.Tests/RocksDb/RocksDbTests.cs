using GokaAkka.Storage.RocksDb;

namespace GokaAkka.Storage.Tests;

/// <summary>What is RocksDB's own: a tail that a crash loses, a folder in place of a file, settings passed through.</summary>
public sealed class RocksDbTests : FolderTests
{
    RocksDbStorageProvider Provider => new(Folder);

    string Store => Provider.PathOf(Id);

    [StoreFact]
    public void Batches_must_be_on_the_disk_after_the_flush_interval_though_nothing_more_is_written()
    {
        using var store = new RocksDbStorageProvider(Folder) { FlushInterval = TimeSpan.FromMilliseconds(20) }.Open(Id);
        store.Write(1, ("a", "1"));
        SpinWait.SpinUntil(() => Directory.GetFiles(Store, "*.sst").Length > 0, TimeSpan.FromMinutes(1)).ShouldBeTrue();
    }

    [StoreFact]
    public Task Store_that_is_closed_under_its_readers_must_refuse_them() => ReadersMustBeRefused(
        () => Provider.Open(Id),
        static store => store.Write(
            1, [.. Enumerable.Range(0, 1000).Select(k => (new Key($"key-{k}"), (string?)new string('x', 100)))]),
        static store => store.Write(2, ("key-7", new string('y', 100))));

    [StoreFact]
    public void Value_that_was_changed_on_the_disk_must_be_found_out_and_the_store_be_made_room_for()
    {
        // As it is written: compressed, it could not be found.
        var provider = new RocksDbStorageProvider(Folder) { Options = new Dictionary<string, string> { ["compression"] = "kNoCompression" } };
        using (var store = provider.Open(Id))
            store.Write(1, [.. Enumerable.Range(0, 1000).Select(k => (new Key($"key-{k}"), (string?)new string('v', 100)))]);
        foreach (var file in Directory.GetFiles(Store, "*.sst"))
        {
            var content = File.ReadAllBytes(file);
            for (int from = 0, at; (at = content.AsSpan(from).IndexOf("vvvvv"u8)) >= 0; from += at + 5)
                content[from + at] = (byte)'w';
            File.WriteAllBytes(file, content);
        }

        Should.Throw<StorageCorruptException>(() =>
        {
            // The position lies among the entries: already opening may find it out.
            using var damaged = provider.Open(Id);
            damaged.Get("key-7"u8);
        }).Message.ShouldContain(Store);
        provider.Delete(Id);
        using var fresh = provider.Open(Id);
        fresh.Position.ShouldBe(StorePosition.None);
        fresh.Write(1, ("a", "1"));
        fresh.Dump().ShouldBe(["a=1"]);
    }

    [StoreFact]
    public void Store_with_a_file_that_is_gone_must_be_refused_and_made_room_for()
    {
        foreach (var pattern in new[] { "*.sst", "MANIFEST-*" })
        {
            using (var store = Provider.Open(Id))
                store.Write(1, ("a", "1"));
            foreach (var file in Directory.GetFiles(Store, pattern))
                File.Delete(file);

            Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain(Store);
            Provider.Delete(Id);
            Directory.Exists(Store).ShouldBeFalse();
            Directory.GetFiles(Path.GetDirectoryName(Store)!).Select(Path.GetFileName).ShouldBe([Path.GetFileName(Store) + ".lock"]);
        }
    }

    [StoreFact]
    public void Store_of_another_partition_must_be_refused()
    {
        Provider.Open(Id with { Partition = 7 }).Dispose();
        Directory.Move(Provider.PathOf(Id with { Partition = 7 }), Store);
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain("is the store of shop/clicks-table.7, expected shop/clicks-table.0");
    }

    [StoreFact]
    public void Removal_that_a_crash_interrupted_must_be_finished_at_the_next_opening()
    {
        using (var store = Provider.Open(Id))
            store.Write(1, ("a", "1"));
        File.WriteAllText(Store + ".discarding", "");
        using var reopened = Provider.Open(Id);
        reopened.Position.ShouldBe(StorePosition.None);
        reopened.Dump().ShouldBeEmpty();
    }

    [StoreFact]
    public void Table_that_another_engine_has_kept_must_be_refused_both_ways_and_its_files_go_with_Delete()
    {
        var other = new LiteDbStorageProvider(Folder);
        other.Open(Id).Dispose();
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain(other.PathOf(Id));
        Provider.Delete(Id);
        File.Exists(other.PathOf(Id)).ShouldBeFalse();
        Provider.Open(Id).Dispose();
        Should.Throw<StorageCorruptException>(() => other.Open(Id)).Message.ShouldContain(Store);
        other.Delete(Id);
        Directory.Exists(Store).ShouldBeFalse();
    }

    [SmallDiskFact]
    public void Full_disk_must_be_told_and_lose_no_half_of_a_batch()
    {
        using var disk = SmallDisk.TryMount("size=12m", out _)!;
        var provider = new RocksDbStorageProvider(disk.Path)
        {
            Options = new Dictionary<string, string> { ["write_buffer_size"] = "65536", ["compression"] = "kNoCompression" },
        };
        StorageException? full = null;
        using (var store = provider.Open(Id))
        {
            for (var round = 1; full is null; round++)
            {
                round.ShouldBeLessThan(10_000, "the disk never filled up");
                full = Record.Exception(() => store.Write(round, [.. Enumerable.Range(0, 50).Select(i => (new Key($"k{i}-{round:00000}"), (string?)new string('x', 300)))]))
                    as StorageException;
            }
        }

        full.ShouldNotBeOfType<StorageCorruptException>();
        full.Message.ShouldContain("goka.storage.directory");
        provider.Delete(Id);
        using var fresh = provider.Open(Id);
        fresh.Write(1, ("a", "1"));
        fresh.Dump().ShouldBe(["a=1"]);
    }

    [StoreFact]
    public void Settings_must_be_passed_through_and_what_RocksDB_does_not_know_be_named()
    {
        var provider = new RocksDbStorageProvider(Folder) { Options = new Dictionary<string, string> { ["max_open_files"] = "77" } };
        provider.Open(Id).Dispose();
        File.ReadAllText(Directory.GetFiles(Store, "OPTIONS-*")[0]).ShouldContain("max_open_files=77");

        var wrong = new RocksDbStorageProvider(Folder) { Options = new Dictionary<string, string> { ["no_such_setting"] = "1" } };
        Should.Throw<StorageException>(() => wrong.Open(Id)).Message.ShouldContain("no_such_setting");
        Should.Throw<ArgumentException>(() => new RocksDbStorageProvider(Folder) { MemoryBytes = 1 }.Open(Id)).Message.ShouldContain("MemoryBytes");
        Should.Throw<ArgumentException>(() => new RocksDbStorageProvider(Folder) { FlushInterval = TimeSpan.Zero }.Open(Id)).Message.ShouldContain("FlushInterval");
    }
}
