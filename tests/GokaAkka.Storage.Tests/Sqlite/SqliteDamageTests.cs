using GokaAkka.Storage.Sqlite;

namespace GokaAkka.Storage.Tests;

/// <summary>
/// A damaged file shows an older state that was whole, or is found out. It never shows contents that do not belong to its position.
/// </summary>
public sealed class SqliteDamageTests(ITestOutputHelper output) : IDisposable
{
    const int Batches = 40;
    const int PageSize = 8192;
    static readonly StorageId Id = new("shop", "damaged-table", 0);

    readonly TemporaryFolder _folder = new();
    readonly string[][] _expected = [.. Enumerable.Range(0, Batches + 1).Select(Rounds.Expected)];

    [Fact]
    public void Closed_store_must_not_show_wrong_contents_when_its_file_is_cut_off()
    {
        var files = Make(logBytes: 1 << 20, closed: true);
        files.Log.ShouldBeEmpty();
        var tally = new Tally();
        for (var length = 0; length < files.Main.Length; length += length < 300 ? 7 : 509)
            tally.Add(Read(files with { Main = files.Main[..length] }, $"main file cut to {length} bytes"));
        output.WriteLine($"{tally}");
        tally.Corrupt.ShouldBeGreaterThan(50);
        // Only a file of no bytes at all is a new store.
        tally.Older.ShouldBe(1);
    }

    [Fact]
    public void Closed_store_must_not_show_wrong_contents_when_bits_of_its_file_are_flipped()
    {
        var files = Make(logBytes: 1 << 20, closed: true);
        var tally = new Tally();
        foreach (var (at, bit) in Places(files.Main.Length, seed: 1))
            tally.Add(Read(files with { Main = Flip(files.Main, at, bit) }, $"bit {bit} of byte {at} of the main file flipped"));
        output.WriteLine($"{tally}");
        tally.Corrupt.ShouldBeGreaterThan(50);
        tally.Older.ShouldBe(0);
    }

    [Theory]
    [InlineData(1 << 30)]
    [InlineData(200 * 1024)]
    public void Store_left_by_a_crash_must_show_an_older_state_when_its_log_is_cut_off(int logBytes)
    {
        var files = Make(logBytes, closed: false);
        var tally = new Tally();
        for (var length = 0; length < files.Log.Length; length += length < 300 ? 7 : 1 + (files.Log.Length / 60))
            tally.Add(Read(files with { Log = files.Log[..length] }, $"log cut to {length} bytes"));
        output.WriteLine($"{tally}");
        tally.Older.ShouldBeGreaterThan(20);
        tally.Corrupt.ShouldBe(0);
    }

    [Theory]
    [InlineData(1 << 30)]
    [InlineData(200 * 1024)]
    public void Store_left_by_a_crash_must_not_show_wrong_contents_when_bits_are_flipped(int logBytes)
    {
        var files = Make(logBytes, closed: false);
        var tally = new Tally();
        foreach (var (at, bit) in Places(files.Log.Length, seed: 2))
            tally.Add(Read(files with { Log = Flip(files.Log, at, bit) }, $"bit {bit} of byte {at} of the log flipped"));
        foreach (var (at, bit) in Places(files.Main.Length, seed: 3))
            tally.Add(Read(files with { Main = Flip(files.Main, at, bit) }, $"bit {bit} of byte {at} of the main file flipped"));
        output.WriteLine($"{tally}");
        tally.Older.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Value_that_was_changed_on_disk_must_be_found_out_when_it_is_read_without_a_check_at_opening()
    {
        using var store = Open(WithOtherValues(Make(logBytes: 1 << 20, closed: true)), StoreVerification.Never);
        var error = Should.Throw<StorageCorruptException>(() => store.Get("k7"u8));
        error.Message.ShouldContain("6B37");
        error.Message.ShouldContain(Id.ToString());
        Should.Throw<StorageCorruptException>(() => store.Dump());
    }

    [Fact]
    public void Check_after_a_crash_must_be_made_after_a_crash_and_only_then()
    {
        // Without its log, which would hide the pages below it.
        var crashed = WithOtherValues(Make(logBytes: 200 * 1024, closed: false) with { Log = [] });
        Should.Throw<StorageCorruptException>(() => Open(crashed, StoreVerification.AfterCrash));
        using var closed = Open(WithOtherValues(Make(logBytes: 1 << 20, closed: true)), StoreVerification.AfterCrash);
        closed.Position.NextOffset.ShouldBe(Batches);
    }

    [Fact]
    public void Damaged_store_must_be_usable_again_after_Delete()
    {
        var provider = Place(WithOtherValues(Make(logBytes: 1 << 20, closed: true)), StoreVerification.Always);
        Should.Throw<StorageCorruptException>(() => provider.Open(Id));
        provider.Delete(Id);
        using var store = provider.Open(Id);
        store.Position.ShouldBe(StorePosition.None);
        Rounds.Write(store, 1);
        store.Dump().ShouldBe(_expected[1]);
    }

    [Fact]
    public void Damaged_store_must_be_usable_again_after_Clear()
    {
        var files = Make(logBytes: 1 << 20, closed: true);
        // The pages that hold entries: all but the first, which names the tables, and the fourth, with the position.
        files.Main.AsSpan(PageSize, PageSize * 2).Fill(0x5a);
        files.Main.AsSpan(PageSize * 4).Fill(0x5a);
        using var store = Open(files, StoreVerification.Never);
        Should.Throw<StorageCorruptException>(() => store.Dump());
        store.Clear();
        store.Position.ShouldBe(StorePosition.None);
        store.Dump().ShouldBeEmpty();
        Rounds.Write(store, 1);
        store.Dump().ShouldBe(_expected[1]);
        store.Position.NextOffset.ShouldBe(1);
    }

    public void Dispose() => _folder.Dispose();

    Files Make(int logBytes, bool closed)
    {
        var provider = new SqliteStorageProvider(new SqliteStorageOptions
        {
            Directory = Path.Combine(_folder.Path, Guid.NewGuid().ToString("n")),
            WriteAheadLogBytes = logBytes,
        });
        using var store = provider.Open(Id);
        for (var round = 1; round <= Batches; round++)
            Rounds.Write(store, round);
        if (closed)
            store.Dispose();
        var path = provider.PathOf(Id);
        return new Files(Content(path), File.Exists(path + "-wal") ? Content(path + "-wal") : []);
    }

    SqliteStorageProvider Place(Files files, StoreVerification verify)
    {
        var provider = new SqliteStorageProvider(new SqliteStorageOptions
        {
            Directory = Path.Combine(_folder.Path, Guid.NewGuid().ToString("n")),
            Verify = verify,
        });
        var path = provider.PathOf(Id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, files.Main);
        if (files.Log.Length > 0)
            File.WriteAllBytes(path + "-wal", files.Log);
        return provider;
    }

    IStorage Open(Files files, StoreVerification verify) => Place(files, verify).Open(Id);

    // How many batches the store shows; null when it says that it is damaged.
    int? Read(Files files, string damage)
    {
        var provider = Place(files, StoreVerification.Always);
        try
        {
            using var store = provider.Open(Id);
            var reached = (int)store.Position.NextOffset;
            reached.ShouldBeInRange(0, Batches, damage);
            store.Dump().ShouldBe(_expected[reached], damage);
            store.Get("k7"u8).ShouldNotBe([], damage);
            return reached;
        }
        catch (StorageCorruptException e)
        {
            e.Message.ShouldContain(Id.ToString());
            return null;
        }
        finally
        {
            provider.Delete(Id);
        }
    }

    static byte[] Content(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    static byte[] Flip(byte[] content, int at, int bit)
    {
        var copy = content.ToArray();
        copy[at] ^= (byte)(1 << bit);
        return copy;
    }

    static Files WithOtherValues(Files files)
    {
        var main = files.Main.ToArray();
        for (int from = 0, at; (at = main.AsSpan(from).IndexOf("vvvvv"u8)) >= 0; from += at + 5)
            main[from + at] = (byte)'w';
        return files with { Main = main };
    }

    // Every byte of the header, and places all over the file.
    static IEnumerable<(int At, int Bit)> Places(int length, int seed)
    {
        var random = new Random(seed);
        for (var at = 0; at < 100; at++)
            yield return (at, random.Next(8));
        for (var i = 0; i < 120; i++)
            yield return (random.Next(length), random.Next(8));
    }

    sealed record Files(byte[] Main, byte[] Log);

    sealed class Tally
    {
        public int Corrupt { get; private set; }

        public int Older { get; private set; }

        public int Untouched { get; private set; }

        public void Add(int? reached)
        {
            if (reached is null)
                Corrupt++;
            else if (reached == Batches)
                Untouched++;
            else
                Older++;
        }

        public override string ToString() => $"{Corrupt} found out, {Older} older states, {Untouched} without effect";
    }
}
