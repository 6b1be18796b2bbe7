using GokaAkka.Storage.Sqlite;
using SQLitePCL;

namespace GokaAkka.Storage.Tests;

/// <summary>Entries share blocks: blocks that grow are cut, blocks that shrink are joined, blocks that are not where they belong are found out.</summary>
public sealed class SqliteBlockTests(ITestOutputHelper output) : IDisposable
{
    const int Keys = 20_000;
    static readonly StorageId Id = new("shop", "blocks-table", 0);

    readonly TemporaryFolder _folder = new();

    SqliteStorageProvider Provider => new(new SqliteStorageOptions { Directory = _folder.Path });

    [Fact]
    public void Blocks_must_be_cut_and_joined_as_keys_come_and_go()
    {
        using (var store = Provider.Open(Id))
        {
            store.Write(1, [.. Numbers(_ => true).Select(Small)]);
            var full = Blocks();
            full.ShouldBeInRange(Keys * 20 / Block.MostBytes, Keys * 40 / Block.MostBytes * 2);
            // Every tenth stays: what is left has to be in about a tenth of the blocks, within the factor they may be empty by.
            store.Write(2, [.. Numbers(n => n % 10 != 0).Select(n => (KeyOf(n), (string?)null))]);
            Blocks().ShouldBeLessThan(full / 2);
            store.Dump().ShouldBe([.. Numbers(n => n % 10 == 0).Select(n => $"{KeyOf(n)}={n}")]);
            // Into the gaps, and before and after all of them.
            store.Write(3, [.. Numbers(n => n % 10 == 5).Select(Small), ("", "first"), ("a", "second"), ("z", "last")]);
            store.Text(KeyOf(5)).ShouldBe("5");
            store.Text("").ShouldBe("first");
            store.Text("z").ShouldBe("last");
            store.Get("zz"u8).ShouldBeNull();
            store.Write(4, [.. Numbers(n => n % 5 == 0).Select(n => (KeyOf(n), (string?)null)), ("", null), ("a", null), ("z", null)]);
            Blocks().ShouldBe(0);
            store.Dump().ShouldBeEmpty();
            store.Write(5, ("m", "1"));
        }

        using var reopened = Provider.Open(Id);
        reopened.Dump().ShouldBe(["m=1"]);
    }

    [Theory]
    [InlineData(100_000, 10)]
    [InlineData(10, 100_000)]
    [InlineData(70_000, 70_000)]
    public void Entries_larger_than_a_block_must_stand_beside_small_ones(int keyLength, int valueLength)
    {
        var large = new Key(new string('k', keyLength));
        var value = new string('v', valueLength);
        using (var store = Provider.Open(Id))
        {
            store.Write(1, ("a", "1"), (large, value), (large + "1", value), ("z", "2"));
            store.Write(2, ("b", "3"), (large + "0", "4"));
        }

        using var reopened = Provider.Open(Id);
        reopened.Dump().ShouldBe(["a=1", "b=3", $"{large}={value}", $"{large}0=4", $"{large}1={value}", "z=2"]);
        reopened.Text(large + "1").ShouldBe(value);
        reopened.Write(3, (large, null), (large + "1", null));
        reopened.Dump().ShouldBe(["a=1", "b=3", $"{large}0=4", "z=2"]);
    }

    [Theory]
    [InlineData("DELETE FROM blocks WHERE id = 2", "damaged")]
    [InlineData("DELETE FROM fences WHERE block = 2", "nothing leads to")]
    [InlineData("UPDATE fences SET block = 3 WHERE block = 2", "not where it belongs")]
    [InlineData("UPDATE fences SET first = x'00' WHERE block = 2", "not where it belongs")]
    [InlineData("UPDATE blocks SET data = substr(data, 1, length(data) - 1) WHERE id = 2", "not where it belongs")]
    [InlineData("UPDATE blocks SET data = x'' WHERE id = 2", "damaged")]
    [InlineData("UPDATE blocks SET data = (SELECT data FROM blocks WHERE id = 3) WHERE id = 2", "not where it belongs")]
    public void Blocks_that_are_not_where_they_belong_must_be_found_out(string damage, string found)
    {
        using (var store = Provider.Open(Id))
            store.Write(1, [.. Numbers(n => n < 2000).Select(Small)]);
        Run(database => raw.sqlite3_exec(database, damage).ShouldBe(raw.SQLITE_OK));
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain(found);
    }

    [Fact]
    public void Store_without_a_check_at_opening_must_find_its_keys()
    {
        using (var store = Provider.Open(Id))
            store.Write(1, [.. Numbers(n => n < 2000).Select(Small)]);
        using var open = new SqliteStorageProvider(new SqliteStorageOptions { Directory = _folder.Path, Verify = StoreVerification.Never }).Open(Id);
        open.Text(KeyOf(1234)).ShouldBe("1234");
        open.Has(KeyOf(2000).Span).ShouldBeFalse();
        open.Write(2, Small(2000));
        open.Text(KeyOf(2000)).ShouldBe("2000");
    }

    [Fact]
    public void Filter_must_know_every_key_and_few_others_also_as_it_grows()
    {
        var filter = new KeyFilter(0, 1 << 20);
        var added = 0;
        for (; added < Keys; added++)
        {
            if (filter.IsFull)
            {
                filter = filter.Larger();
                for (var i = 0; i < added; i++)
                    filter.Add(KeyOf(i).Span);
            }

            filter.Add(KeyOf(added).Span);
        }

        Numbers(n => !filter.MayContain(KeyOf(n).Span)).ShouldBeEmpty();
        var wrong = Enumerable.Range(Keys, Keys).Count(n => filter.MayContain(KeyOf(n).Span));
        output.WriteLine($"{wrong} of {Keys} absent keys may be there");
        wrong.ShouldBeLessThan(Keys / 50);
    }

    [Fact]
    public void Filter_that_may_not_grow_must_know_every_key()
    {
        var filter = new KeyFilter(Keys, 64 * 1024);
        foreach (var n in Numbers(_ => true))
            filter.Add(KeyOf(n).Span);
        filter.IsFull.ShouldBeFalse();
        Numbers(n => !filter.MayContain(KeyOf(n).Span)).ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    static IEnumerable<int> Numbers(Func<int, bool> which) => Enumerable.Range(0, Keys).Where(which);

    static Key KeyOf(int number) => new($"key{number:D7}");

    static (Key Key, string? Value) Small(int number) => (KeyOf(number), $"{number}");

    long Blocks()
    {
        var blocks = 0L;
        Run(database =>
        {
            raw.sqlite3_prepare_v2(database, "SELECT count(*) FROM blocks", out var count).ShouldBe(raw.SQLITE_OK);
            raw.sqlite3_step(count).ShouldBe(raw.SQLITE_ROW);
            blocks = raw.sqlite3_column_int64(count, 0);
            count.Dispose();
        });
        return blocks;
    }

    void Run(Action<sqlite3> action)
    {
        Batteries_V2.Init();
        raw.sqlite3_open(Provider.PathOf(Id), out var database).ShouldBe(raw.SQLITE_OK);
        action(database);
        database.Dispose();
    }
}
