using System.Reflection;
using LiteDB;

namespace GokaAkka.Storage.Tests;

/// <summary>What is LiteDB's own: damage anywhere in the file, blocks that are split and joined, other formats.</summary>
public sealed class LiteDbTests(ITestOutputHelper output) : FolderTests
{
    const int Batches = 40;

    LiteDbStorageProvider Provider => new(Folder);

    [Fact]
    public void LiteDB_must_still_keep_its_transactions_where_the_store_looks_for_them() =>
        // Elsewhere the store could not keep a failed one from its finalizer, which would end the process.
        typeof(LiteDB.Engine.LiteEngine).GetField("_monitor", BindingFlags.Instance | BindingFlags.NonPublic).ShouldNotBeNull()
            .FieldType.GetProperty("Transactions").ShouldNotBeNull();

    [Fact]
    public void Store_with_a_flipped_bit_must_show_a_whole_state_or_be_found_out()
    {
        using (var store = Provider.Open(Id))
        {
            for (var round = 1; round <= Batches; round++)
                Rounds.Write(store, round);
        }

        var whole = File.ReadAllBytes(Provider.PathOf(Id));
        var random = new Random(1);
        var foundOut = 0;
        for (var i = 0; i < 250; i++)
        {
            var damaged = whole.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (!ShowsWhole(damaged))
                foundOut++;
        }

        output.WriteLine($"{foundOut} of 250 found out");
        foundOut.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void Log_that_was_cut_off_must_leave_an_older_whole_state()
    {
        using var store = Provider.Open(Id);
        for (var round = 1; round <= Batches; round++)
            Rounds.Write(store, round);
        var (main, log) = (Content(Provider.PathOf(Id)), Content(LiteDbStorageProvider.LogPath(Provider.PathOf(Id))));
        log.Length.ShouldBeGreaterThan(Batches * 8192);
        var crashed = new LiteDbStorageProvider(Path.Combine(Folder, "crashed"));
        for (var part = 20; part <= 40; part++)
        {
            crashed.Delete(Id);
            File.WriteAllBytes(crashed.PathOf(Id), main);
            File.WriteAllBytes(LiteDbStorageProvider.LogPath(crashed.PathOf(Id)), log[..(part * log.Length / 40)]);
            using var left = crashed.Open(Id);
            var reached = (int)left.Position.NextOffset;
            reached.ShouldBeInRange((part * Batches / 40) - 3, Batches);
            left.Dump().ShouldBe(Rounds.Expected(reached));
        }
    }

    [Fact]
    public void Blocks_must_be_split_as_they_grow_and_their_pages_be_used_again_when_they_are_joined()
    {
        const int keys = 20_000;
        var store = Provider.Open(Id);
        for (var round = 1; round <= 5; round++)
        {
            for (var part = 0; part < 10; part++)
                store.Write(round, [.. Enumerable.Range(0, keys / 10).Select(i => (new Key($"key-{((i * 10) + part) * 7919 % keys:D6}"), (string?)new string('x', 60)))]);
            store.Dump().Length.ShouldBe(keys);
            store.Write(round, [.. Enumerable.Range(0, keys).Where(i => i % 50 != 0).Select(i => (new Key($"key-{i:D6}"), (string?)null))]);
            store.Dump().ShouldBe(Enumerable.Range(0, keys).Where(i => i % 50 == 0).Select(i => $"key-{i:D6}={new string('x', 60)}"));
        }

        store.Dispose();
        // 20,000 entries of 73 bytes: what five rounds took is what one takes, a half more for pages that are not full.
        new FileInfo(Provider.PathOf(Id)).Length.ShouldBeLessThan(3_500_000);
    }

    [Fact]
    public void Iterators_must_go_on_with_blocks_that_only_a_cleared_file_has()
    {
        using var store = new LiteDbStorageProvider(Folder) { CacheBytes = 64 * 1024 }.Open(Id);
        store.Write(1, [.. Enumerable.Range(0, 3000).Select(i => (new Key($"key-{i:D4}"), (string?)new string('x', 100)))]);
        using var first = store.Iterate(KeyRange.All);
        var second = store.Iterate(KeyRange.All);
        first.Next().ShouldBeTrue();
        store.Clear();
        store.Write(1, ("a", "1"));
        second.Rest().Length.ShouldBe(3000);
        second.Dispose();
        first.Rest().Length.ShouldBe(2999);
        store.Dump().ShouldBe(["a=1"]);
    }

    [Fact]
    public void Value_that_LiteDB_cannot_take_must_be_told_and_the_store_stay_usable()
    {
        using var store = Provider.Open(Id);
        store.Write(1, ("a", "1"));
        var error = Should.Throw<StorageException>(() => store.Write(2, ("b", new string('x', 17_000_000))));
        error.ShouldNotBeOfType<StorageCorruptException>();
        error.Message.ShouldContain("16 MB");
        store.Position.NextOffset.ShouldBe(1);
        store.Write(2, ("c", "3"));
        store.Dump().ShouldBe(["a=1", "c=3"]);
    }

    [Fact]
    public void Database_of_another_program_must_be_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Provider.PathOf(Id))!);
        using (var songs = new LiteDatabase(new ConnectionString(Provider.PathOf(Id)) { Collation = Collation.Binary }))
            songs.GetCollection("songs").Insert(new BsonDocument { ["title"] = "Help!" });
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain("whose");
    }

    [Fact]
    public void Store_of_an_older_format_must_be_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Provider.PathOf(Id))!);
        using (var older = new LiteDatabase(new ConnectionString(Provider.PathOf(Id)) { Collation = Collation.Binary }))
            older.GetCollection("store").Insert(new BsonDocument { ["_id"] = 1, ["version"] = 2, ["owner"] = "shop" });
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain("another version");
    }

    static byte[] Content(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    bool ShowsWhole(byte[] content)
    {
        Provider.Delete(Id);
        File.WriteAllBytes(Provider.PathOf(Id), content);
        try
        {
            using var store = Provider.Open(Id);
            store.Dump().ShouldBe(Rounds.Expected((int)store.Position.NextOffset));
            return true;
        }
        catch (StorageCorruptException)
        {
            return false;
        }
    }
}
