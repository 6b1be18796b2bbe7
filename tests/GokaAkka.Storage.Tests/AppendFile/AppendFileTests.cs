namespace GokaAkka.Storage.Tests;

public sealed class AppendFileFixture : IStoreFixture
{
    readonly TemporaryFolder _folder = new();

    public IStorageProvider NewProvider() => new AppendFileStorageProvider(_folder.Path);

    public void Dispose() => _folder.Dispose();
}

public sealed class AppendFilePositions : PositionConformance<AppendFileFixture>;

public sealed class AppendFileContents : WriteOnlyConformance<AppendFileFixture>;

public sealed class AppendFileDurability : DurabilityConformance<AppendFileFixture>;

public sealed class AppendFileTests : IDisposable
{
    static readonly StorageId Id = new("shop", "clicks-table", 0);

    readonly TemporaryFolder _folder = new();

    AppendFileStorageProvider Provider => new(_folder.Path);

    string Values => File.ReadAllText(Provider.PathOf(Id));

    [Fact]
    public void Values_must_be_appended_one_per_line_across_openings()
    {
        using (var store = Provider.Open(Id))
        {
            store.Write(1, ("b", "second"), ("a", "first"), ("c", null));
            Values.ShouldBe("first\nsecond\n");
            store.Write(2, ("a", ""), ("z", new string('x', 200_000)));
        }

        using (var store = Provider.Open(Id))
            store.Write(3, ("a", "last"));
        Values.ShouldBe($"first\nsecond\n\n{new string('x', 200_000)}\nlast\n");
    }

    [Fact]
    public void Values_of_a_batch_that_a_crash_interrupted_must_be_cut_off()
    {
        using (var store = Provider.Open(Id))
            store.Write(1, ("a", "kept"));
        File.AppendAllText(Provider.PathOf(Id), "half of a ba");
        using (var store = Provider.Open(Id))
        {
            store.Position.NextOffset.ShouldBe(1);
            Values.ShouldBe("kept\n");
            store.Write(2, ("a", "next"));
        }

        Values.ShouldBe("kept\nnext\n");
    }

    [Fact]
    public void Clear_must_empty_the_file()
    {
        using var store = Provider.Open(Id);
        store.Write(1, ("a", "gone"));
        store.Clear();
        Values.ShouldBe("");
        store.Write(2, ("a", "new"));
        Values.ShouldBe("new\n");
    }

    [Fact]
    public void Values_that_are_gone_must_be_found_out()
    {
        using (var store = Provider.Open(Id))
            store.Write(1, ("a", "12345"));
        File.WriteAllText(Provider.PathOf(Id), "123");
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain("3 bytes, expected at least 6");
    }

    [Fact]
    public void File_of_someone_else_must_be_refused_and_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Provider.PathOf(Id))!);
        File.WriteAllText(Provider.PathOf(Id), "Dear diary");
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id));
        Values.ShouldBe("Dear diary");
    }

    [Fact]
    public void Position_of_another_store_must_be_refused()
    {
        var other = Id with { Partition = 1 };
        Provider.Open(other).Dispose();
        File.Move(Provider.PathOf(other) + ".position", Provider.PathOf(Id) + ".position");
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain("shop/clicks-table.1, expected the store shop/clicks-table.0");
    }

    [Fact]
    public void Position_must_not_be_taken_from_a_damaged_line()
    {
        using (var store = Provider.Open(Id))
            store.Write(123, ("a", "1"));
        var path = Provider.PathOf(Id) + ".position";
        var whole = File.ReadAllBytes(path);
        for (var i = 0; i < whole.Length - 1; i++)
        {
            File.WriteAllBytes(path, whole[..i]);
            Should.Throw<StorageCorruptException>(() => Provider.Open(Id), $"cut to {i} bytes");
            var flipped = whole.ToArray();
            flipped[i] ^= 1;
            File.WriteAllBytes(path, flipped);
            Should.Throw<StorageCorruptException>(() => Provider.Open(Id), $"byte {i} changed");
        }
    }

    [SmallDiskFact]
    public void Full_disk_must_refuse_a_batch_as_a_whole_and_leave_the_store_usable()
    {
        using var disk = SmallDisk.TryMount("size=128k", out _)!;
        var provider = new AppendFileStorageProvider(disk.Path);
        using var store = provider.Open(Id);
        store.Write(1, ("a", "first"));
        Should.Throw<StorageException>(() => store.Write(2, ("a", new string('x', 300_000)))).Message.ShouldContain(provider.PathOf(Id));
        store.Position.NextOffset.ShouldBe(1);
        store.Write(3, ("b", "second"));
        File.ReadAllText(provider.PathOf(Id)).ShouldBe("first\nsecond\n");
        store.Position.NextOffset.ShouldBe(3);
    }

    public void Dispose() => _folder.Dispose();
}
