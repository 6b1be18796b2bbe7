namespace GokaAkka.Storage.Tests;

/// <summary>What is LMDB's own: a map that grows, iterators whose time is over, the engine's version.</summary>
[Requires(RequiresAttribute.Lmdb)]
public sealed class LmdbTests : FolderTests
{
    LmdbStorageProvider Provider => new(Folder) { MapBytes = 1 << 20 };

    [StoreFact]
    public void Map_must_grow_once_the_time_of_an_open_iterator_is_over_which_says_so_then()
    {
        using var store = new LmdbStorageProvider(Folder) { MapBytes = 1 << 20, IteratorLifetime = TimeSpan.FromMilliseconds(50) }.Open(Id);
        Rewrite(store, 1);
        using var iterator = store.Iterate(KeyRange.All);
        iterator.Next().ShouldBeTrue();
        var round = 2;
        while (store.SizeBytes < 4 << 20)
            Rewrite(store, round++);

        var error = Should.Throw<StorageException>(() => iterator.Next());
        error.Message.ShouldContain("goka.storage.lmdb.iterator-lifetime");
        iterator.Dispose();
        store.Dump().Length.ShouldBe(1000);
        store.Position.NextOffset.ShouldBe(round - 1);
    }

    [StoreFact]
    public void Store_must_close_while_a_batch_waits_for_an_iterator_to_end()
    {
        var store = new LmdbStorageProvider(Folder) { MapBytes = 1 << 20, IteratorLifetime = TimeSpan.FromHours(1) }.Open(Id);
        Rewrite(store, 1);
        using var iterator = store.Iterate(KeyRange.All);
        var writing = new Thread(() => store.Write(2, ("large", new string('x', 4 << 20))));
        writing.Start();
        SpinWait.SpinUntil(() => writing.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin), TimeSpan.FromMinutes(1)).ShouldBeTrue();
        store.Dispose();
        writing.Join(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        Should.Throw<ObjectDisposedException>(() => iterator.Next());
    }

    [StoreFact]
    public async Task Map_must_grow_while_keys_are_read_and_iterators_come_and_go()
    {
        using var store = Provider.Open(Id);
        Rewrite(store, 1);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Run(() =>
        {
            var reads = 0;
            for (; !done.IsCancellationRequested; reads++)
            {
                if (reader == 0)
                    store.Dump().Length.ShouldBe(1000);
                else
                    store.Get("key-7"u8)!.Length.ShouldBe(1000);
            }

            return reads;
        })).ToArray();
        for (var round = 2; round < 60; round++)
            store.Write(round, [.. Enumerable.Range(0, 1000).Select(i => (new Key($"key-{i}"), (string?)new string((char)('a' + (round % 26)), 1000))),
                (new Key($"large-{round}"), new string('x', 100_000)), (new Key($"large-{round}"), null)]);
        await done.CancelAsync();
        (await Task.WhenAll(readers)).ShouldAllBe(reads => reads > 0);
    }

    [StoreFact]
    public Task Store_that_is_closed_under_its_readers_must_refuse_them() =>
        ReadersMustBeRefused(() => Provider.Open(Id), static store => Rewrite(store, 1), static store =>
        {
            while (store.Position.NextOffset < 5)
                Rewrite(store, (int)store.Position.NextOffset + 1);
        });

    [StoreFact]
    public void Store_that_another_LMDB_wrote_must_be_refused_in_one_line()
    {
        Provider.Open(Id).Dispose();
        var mark = Provider.PathOf(Id) + ".mark";
        File.WriteAllText(mark, File.ReadAllText(mark).Replace(LmdbLibrary.Version, "7.3"));
        var message = Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message;
        message.ShouldContain($"LMDB 7.3 wrote it in format 1, and LMDB {LmdbLibrary.Version} with format 1 is to read it");
        message.ShouldNotContain('\n');
    }

    [StoreFact]
    public void Table_that_another_engine_has_kept_must_be_refused_and_its_files_go_with_Delete()
    {
        var before = new LiteDbStorageProvider(Folder);
        using (var store = before.Open(Id))
            store.Write(1, ("a", "1"));
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain(before.PathOf(Id));
        Provider.Delete(Id);
        Directory.GetFiles(Path.GetDirectoryName(before.PathOf(Id))!, "*.db").ShouldBeEmpty();
        using var restored = Provider.Open(Id);
        restored.Position.ShouldBe(StorePosition.None);
    }

    [StoreFact]
    public void Store_without_its_mark_must_be_refused()
    {
        Provider.Open(Id).Dispose();
        File.Delete(Provider.PathOf(Id) + ".mark");
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain("nothing says which LMDB wrote it");
    }

    [StoreFact]
    public void Settings_out_of_range_must_be_refused_by_name()
    {
        Should.Throw<ArgumentException>(() => new LmdbStorageProvider(" ")).Message.ShouldContain("directory");
        Should.Throw<ArgumentException>(() => new LmdbStorageProvider(Folder) { IteratorLifetime = TimeSpan.Zero }.Open(Id)).Message
            .ShouldContain("IteratorLifetime");
        Should.Throw<ArgumentException>(() => new LmdbStorageProvider(Folder) { MapBytes = 1 }.Open(Id)).Message.ShouldContain("MapBytes");
    }

    static void Rewrite(IStorage store, int round) =>
        store.Write(round, [.. Enumerable.Range(0, 1000).Select(i => (new Key($"key-{i}"), (string?)new string((char)('a' + (round % 26)), 1000)))]);
}
