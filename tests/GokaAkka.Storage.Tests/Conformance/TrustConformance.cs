namespace GokaAkka.Storage.Tests;

/// <summary>
/// Stores on files: what cannot be trusted is refused, so that it is rebuilt; a disk that is full or read-only is named, and nothing is lost by it.
/// </summary>
/// <typeparam name="TProvider">Makes stores below the directory it is given.</typeparam>
public abstract class TrustConformance<TProvider> : FolderTests
    where TProvider : FileStorageProvider
{
    const int Batches = 40;

    TProvider Provider => In(Folder);

    string Store => Provider.PathOf(Id);

    [SmallDiskFact]
    public void Full_disk_must_refuse_a_batch_as_a_whole_and_leave_the_store_usable()
    {
        using var disk = SmallDisk.TryMount("size=3m", out _)!;
        var provider = In(disk.Path);
        using var store = provider.Open(Id);
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
        full.Message.ShouldContain(provider.PathOf(Id));
        full.Message.ShouldContain("goka.storage.directory");
        applied.ShouldBeGreaterThan(0);
        store.Position.NextOffset.ShouldBe(applied);
        store.Dump().Length.ShouldBe(applied * 50);
        store.Get("k49-1"u8)!.Length.ShouldBe(300);

        store.Clear();
        store.Write(5, ("a", "1"));
        store.Dump().ShouldBe(["a=1"]);
    }

    [SmallDiskFact]
    public void Read_only_disk_must_be_told_when_a_store_is_opened()
    {
        using var disk = SmallDisk.TryMount("size=3m", out _)!;
        var provider = In(disk.Path);
        provider.Open(Id).Dispose();
        disk.MakeReadOnly();
        var error = Should.Throw<StorageException>(() => provider.Open(Id));
        error.ShouldNotBeOfType<StorageCorruptException>();
        error.ShouldNotBeOfType<StorageLockedException>();
        error.Message.ShouldContain(provider.PathOf(Id));
        error.Message.ShouldContain("read-only", Case.Insensitive);
    }

    [StoreFact]
    public void Directory_that_is_a_file_must_be_told()
    {
        var file = Path.Combine(Folder, "file");
        File.WriteAllText(file, "");
        Should.Throw<StorageException>(() => In(file).Open(Id)).Message.ShouldContain(In(file).PathOf(Id));
    }

    [StoreFact]
    public void File_of_another_program_must_be_refused_and_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Store)!);
        File.WriteAllText(Store, string.Concat(Enumerable.Repeat("This is a letter to my grandmother. ", 1000)));
        Refused();
        File.ReadAllText(Store).ShouldStartWith("This is a letter");
    }

    [StoreFact]
    public void Empty_file_must_become_a_new_store()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Store)!);
        File.WriteAllBytes(Store, []);
        using var store = Provider.Open(Id);
        store.Position.ShouldBe(StorePosition.None);
    }

    [StoreFact]
    public void Store_of_another_partition_must_be_refused()
    {
        Provider.Open(Id with { Partition = 7 }).Dispose();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(Store)!))
            File.Move(file, file.Replace("table.7", "table.0"));
        Refused().ShouldContain("is the store of shop/clicks-table.7, expected shop/clicks-table.0");
    }

    [StoreFact]
    public void Store_that_was_cut_off_must_be_refused_or_found_out_when_it_is_read()
    {
        var whole = Make();
        for (var part = 1; part < 40; part++)
        {
            Place(whole[..(part * whole.Length / 40)]);
            ReadAll().ShouldBeNull($"cut to {part} of 40 parts");
        }
    }

    [StoreFact]
    public void Store_whose_beginning_was_overwritten_must_be_refused()
    {
        var content = Make();
        content.AsSpan(0, 2 * 8192).Fill(0x5a);
        Place(content);
        Refused();
    }

    [StoreFact]
    public void Store_whose_file_is_gone_must_be_as_new()
    {
        Make();
        File.Delete(Store);
        using var store = Provider.Open(Id);
        store.Position.ShouldBe(StorePosition.None);
        store.Dump().ShouldBeEmpty();
    }

    [StoreFact]
    public void Value_that_was_changed_on_the_disk_must_be_found_out_and_the_store_be_usable_after_Clear_and_after_Delete()
    {
        var content = Make();
        for (int from = 0, at; (at = content.AsSpan(from).IndexOf("vvvvv"u8)) >= 0; from += at + 5)
            content[from + at] = (byte)'w';
        Place(content);
        using (var store = Provider.Open(Id))
        {
            Should.Throw<StorageCorruptException>(() => store.Get("k7"u8)).Message.ShouldContain("checksum");
            Should.Throw<StorageCorruptException>(() => store.Dump());
            store.Clear();
            store.Position.ShouldBe(StorePosition.None);
            Rounds.Write(store, 1);
            store.Dump().ShouldBe(Rounds.Expected(1));
        }

        Place(content);
        Provider.Delete(Id);
        using var fresh = Provider.Open(Id);
        fresh.Position.ShouldBe(StorePosition.None);
    }

    [StoreFact]
    public void Removal_that_a_crash_interrupted_must_be_finished_at_the_next_opening()
    {
        Make();
        File.WriteAllText(Store + ".discarding", "");
        using (var reopened = Provider.Open(Id))
        {
            reopened.Position.ShouldBe(StorePosition.None);
            reopened.Dump().ShouldBeEmpty();
            reopened.Write(1, ("b", "2"));
        }

        using var again = Provider.Open(Id);
        again.Dump().ShouldBe(["b=2"]);
    }

    [StoreFact]
    public void Delete_must_remove_a_store_with_all_its_files_and_refuse_one_that_is_open()
    {
        Provider.Delete(Id);
        File.Exists(Store).ShouldBeFalse();
        using (Provider.Open(Id))
            Should.Throw<StorageLockedException>(() => Provider.Delete(Id)).Message.ShouldContain(Store);
        Provider.Delete(Id);
        Directory.GetFiles(Path.GetDirectoryName(Store)!).Select(Path.GetFileName).ShouldBe([Path.GetFileName(Store) + ".lock"]);
    }

    static TProvider In(string directory) => (TProvider)Activator.CreateInstance(typeof(TProvider), directory)!;

    byte[] Make()
    {
        using (var store = Provider.Open(Id))
        {
            for (var round = 1; round <= Batches; round++)
                Rounds.Write(store, round);
        }

        return File.ReadAllBytes(Store);
    }

    // Nothing but the content changes: what a store keeps beside its file stays.
    void Place(byte[] content) => File.WriteAllBytes(Store, content);

    // What the store shows; null when it is found out, or is as new, since nothing is left of it.
    string[]? ReadAll()
    {
        try
        {
            using var store = Provider.Open(Id);
            var contents = store.Dump();
            return contents.Length == 0 && store.Position == StorePosition.None ? null : contents;
        }
        catch (StorageCorruptException)
        {
            return null;
        }
    }

    string Refused()
    {
        var message = Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message;
        message.ShouldContain(Store);
        // And it is not left locked.
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id));
        return message;
    }
}
