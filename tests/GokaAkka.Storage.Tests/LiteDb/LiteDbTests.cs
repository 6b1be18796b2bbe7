using GokaAkka.Storage.LiteDb;
using LiteDB;

namespace GokaAkka.Storage.Tests;

/// <summary>Long keys, damaged and foreign files, full disks.</summary>
public sealed class LiteDbTests(ITestOutputHelper output) : IDisposable
{
    const int Batches = 40;
    static readonly StorageId Id = new("shop", "clicks-table", 0);

    readonly TemporaryFolder _folder = new();

    LiteDbStorageProvider Provider => new(_folder.Path);

    [Fact]
    public void Keys_that_share_a_long_start_must_be_kept_apart_and_in_order()
    {
        var start = new string('x', 1000);
        Key[] keys = [start[1..], start, start + "a", start + "aa", start + "b", start + new string('z', 5000), start[1..] + "y", start[1..] + "yy"];
        using var store = Provider.Open(Id);
        store.Write(1, [.. keys.Reverse().Select(key => (key, (string?)$"{key.Length}"))]);
        store.Dump().ShouldBe(keys.Order().Select(key => $"{key}={key.Length}"));
        store.Dump(KeyRange.Between(start + "a", start + "b")).Length.ShouldBe(2);
        store.Write(2, (keys[1], null), (keys[4], "changed"), (start + "none", null));
        store.Text(keys[1]).ShouldBeNull();
        store.Text(keys[4]).ShouldBe("changed");
        store.Write(3, [.. keys.Select(key => (key, (string?)null))]);
        store.Dump().ShouldBeEmpty();
    }

    [Fact]
    public void Damaged_store_must_show_a_whole_state_or_be_found_out()
    {
        using (var store = Provider.Open(Id))
        {
            for (var round = 1; round <= Batches; round++)
                Rounds.Write(store, round);
        }

        var whole = File.ReadAllBytes(Provider.PathOf(Id));
        var random = new Random(1);
        var (foundOut, unharmed) = (0, 0);
        for (var i = 0; i < 250; i++)
        {
            var damaged = i % 5 == 0 ? whole[..(i * whole.Length / 250)] : whole.ToArray();
            if (i % 5 != 0)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (ShowsWhole(damaged))
                unharmed++;
            else
                foundOut++;
        }

        output.WriteLine($"{foundOut} found out, {unharmed} without effect");
        foundOut.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void Damaged_store_must_be_usable_again_after_Delete_and_after_Clear()
    {
        using (var store = Provider.Open(Id))
            Rounds.Write(store, 1);
        var path = Provider.PathOf(Id);
        var content = File.ReadAllBytes(path);
        for (var at = 0; (at = content.AsSpan(at).IndexOf("vvvvv"u8) is var next and >= 0 ? at + next : -1) >= 0; at += 5)
            content[at] = (byte)'w';
        File.WriteAllBytes(path, content);
        Should.Throw<StorageCorruptException>(() => Checking.Open(Id)).Message.ShouldContain("checksum");
        using (var store = Provider.Open(Id))
        {
            Should.Throw<StorageCorruptException>(() => store.Get("k1"u8));
            store.Clear();
            store.Dump().ShouldBeEmpty();
        }

        File.WriteAllBytes(path, content);
        Provider.Delete(Id);
        using var fresh = Provider.Open(Id);
        fresh.Position.ShouldBe(StorePosition.None);
    }

    [Fact]
    public void File_that_is_no_database_must_be_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Provider.PathOf(Id))!);
        File.WriteAllBytes(Provider.PathOf(Id), new byte[8192 * 2]);
        Refused();
    }

    [Fact]
    public void Database_of_another_program_must_be_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Provider.PathOf(Id))!);
        using (var songs = new LiteDatabase(Provider.PathOf(Id)))
            songs.GetCollection("songs").Insert(new BsonDocument { ["title"] = "Help!" });
        Refused().ShouldContain("whose");
    }

    [Fact]
    public void Store_of_another_partition_must_be_refused()
    {
        var other = Id with { Partition = 7 };
        Provider.Open(other).Dispose();
        File.Move(Provider.PathOf(other), Provider.PathOf(Id));
        Refused().ShouldContain("is the store of shop/clicks-table.7, expected shop/clicks-table.0");
    }

    [SmallDiskFact]
    public void Full_disk_must_refuse_a_batch_as_a_whole_and_leave_the_store_usable()
    {
        using var disk = SmallDisk.TryMount("size=3m", out _)!;
        using var store = new LiteDbStorageProvider(disk.Path).Open(Id);
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
        applied.ShouldBeGreaterThan(0);
        store.Position.NextOffset.ShouldBe(applied);
        store.Dump().Length.ShouldBe(applied * 50);
    }

    public void Dispose() => _folder.Dispose();

    LiteDbStorageProvider Checking => new(new LiteDbStorageOptions { Directory = _folder.Path, Verify = StoreVerification.Always });

    bool ShowsWhole(byte[] content)
    {
        Provider.Delete(Id);
        File.WriteAllBytes(Provider.PathOf(Id), content);
        try
        {
            using var store = Checking.Open(Id);
            store.Dump().ShouldBe(Rounds.Expected((int)store.Position.NextOffset));
            return true;
        }
        catch (StorageCorruptException)
        {
            return false;
        }
    }

    string Refused()
    {
        var message = Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message;
        message.ShouldContain(Provider.PathOf(Id));
        // And it is not left locked.
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id));
        return message;
    }
}
