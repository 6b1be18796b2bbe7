using GokaAkka.Storage.Redis;
using StackExchange.Redis;

namespace GokaAkka.Storage.Tests;

/// <summary>Evictions, keys of other programs, lost locks, servers that are not there.</summary>
[Requires("redis-server")]
public sealed class RedisTroubleTests : StoreSuite<RedisFixture>
{
    readonly ConnectionMultiplexer _connection;

    public RedisTroubleTests() => _connection = ConnectionMultiplexer.Connect(Fixture.Server.Address + ",allowAdmin=true");

    IDatabase Server => _connection.GetDatabase();

    [StoreFact]
    public void Evicted_entries_must_be_found_out_when_they_are_read()
    {
        Store.Write(1, ("a", "1"));
        Server.KeyDelete(Name("entries"));
        Should.Throw<StorageCorruptException>(() => Store.Get("a"u8)).Message.ShouldContain("maxmemory-policy");
        Should.Throw<StorageCorruptException>(() => Store.Dump());
        Store.Dispose();
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id));
        ((RedisStorageProvider)Provider).Delete(Id);
        Open().Position.ShouldBe(StorePosition.None);
    }

    [StoreFact]
    public void Evicted_keys_must_be_found_out_when_they_are_iterated_over()
    {
        Store.Write(1, ("a", "1"));
        Server.KeyDelete(Name("keys"));
        Should.Throw<StorageCorruptException>(() => Store.Dump());
    }

    [StoreFact]
    public void Keys_of_another_program_must_be_refused()
    {
        Server.StringSet(Name("entries"), "something else");
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain("another program");
        ((string?)Server.StringGet(Name("entries"))).ShouldBe("something else");
        // And it is not left locked.
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id));
    }

    [StoreFact]
    public void Position_of_an_unknown_format_must_be_refused()
    {
        Server.HashSet(Name("entries"), "\0", "42");
        Should.Throw<StorageCorruptException>(() => Provider.Open(Id)).Message.ShouldContain("found 2 bytes for its position");
    }

    [StoreFact]
    public void Owner_that_lost_its_lock_must_not_write_any_more()
    {
        Store.Write(1, ("a", "1"));
        Server.KeyDelete(Name("owner"));
        var other = Open(Fixture.NewProvider());
        other.Write(2, ("a", "2"));
        Should.Throw<StorageLockedException>(() => Store.Write(3, ("a", "3"))).Message.ShouldContain("no longer held");
        Should.Throw<StorageLockedException>(Store.Clear);
        other.Dump().ShouldBe(["a=2"]);
        // Closing the first must not take the lock from the second.
        Store.Dispose();
        other.Write(4, ("a", "4"));
        other.Position.NextOffset.ShouldBe(4);
    }

    [StoreFact]
    public void Lock_must_run_out_after_a_crash()
    {
        using var store = new RedisStorageProvider(Fixture.Options with { LockTime = TimeSpan.FromSeconds(30) }).Open(Id);
        Server.KeyTimeToLive(Name("owner")).ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    }

    [StoreFact]
    public void Iterators_must_go_on_with_what_was_cleared_and_nothing_of_it_stay_on_the_server()
    {
        var before = Enumerable.Range(0, 3000).Select(i => $"k{i:D5}").ToArray();
        Store.Write(1, [.. before.Select(key => (new Key(key), (string?)"old"))]);
        var iterator = Store.Iterate(KeyRange.All);
        iterator.Next().ShouldBeTrue();
        Store.Write(2, ("k00007", "new"), ("k00008", null), ("z", "1"));
        Store.Clear();
        Keys().ShouldBe([Name("entries"), Name("owner")], ignoreOrder: true);
        Store.Write(1, ("k00001", "newest"));
        iterator.Rest().ShouldBe(before.Skip(1).Select(key => $"{key}=old"));
        iterator.Seek("k02998"u8);
        iterator.Rest().ShouldBe(["k02998=old", "k02999=old"]);
        iterator.Seek(""u8);
        iterator.Rest().Length.ShouldBe(3000);
        iterator.Dispose();
        Store.Dump().ShouldBe(["k00001=newest"]);
    }

    [StoreFact]
    public void Iterator_must_reach_the_end_of_many_pages_on_its_snapshot()
    {
        var before = Enumerable.Range(0, 5000).Select(i => $"k{i:D5}").ToArray();
        Store.Write(1, [.. before.Select(key => (new Key(key), (string?)"old"))]);
        using var iterator = Store.Iterate(KeyRange.Prefix("k"));
        iterator.Next().ShouldBeTrue();
        Store.Write(2, [.. before.Where((_, i) => i % 3 == 0).Select(key => (new Key(key), (string?)null))]);
        Store.Write(3, [.. before.Where((_, i) => i % 5 == 0).Select(key => (new Key(key + "-new"), (string?)"new"))]);
        Store.Write(4, [.. before.Where((_, i) => i % 7 == 0).Select(key => (new Key(key), (string?)"changed"))]);
        iterator.Rest().ShouldBe(before.Skip(1).Select(key => $"{key}=old"));
    }

    [StoreFact]
    public void Server_that_ends_must_be_told_and_the_outcome_be_asked_for()
    {
        using var server = new RedisServer();
        var store = new RedisStorageProvider(Fixture.Options with { Configuration = server.Address, Timeout = TimeSpan.FromSeconds(2) }).Open(Id);
        store.Write(1, ("a", "1"));
        server.Stop();
        Should.Throw<StorageException>(() => store.Write(2, ("a", "2"))).Message.ShouldContain("clicks-table");
        Should.Throw<StorageException>(() => store.Position);
        Should.Throw<StorageException>(() => store.Get("a"u8));
        store.Dispose();
    }

    [StoreFact]
    public void Server_that_is_not_there_must_be_told_without_the_password()
    {
        var provider = new RedisStorageProvider(Fixture.Options with { Configuration = "127.0.0.1:1,password=secret,connectTimeout=500" });
        var message = Should.Throw<StorageException>(() => provider.Open(Id)).Message;
        message.ShouldContain("127.0.0.1:1");
        message.ShouldNotContain("secret");
    }

    [StoreFact]
    public void Options_out_of_range_must_be_refused_by_name()
    {
        Should.Throw<ArgumentException>(() => new RedisStorageProvider(Fixture.Options with { Namespace = "" })).Message.ShouldContain("Namespace");
        Should.Throw<ArgumentException>(() => new RedisStorageProvider(Fixture.Options with { Configuration = "" })).Message.ShouldContain("Configuration");
        Should.Throw<ArgumentException>(() => new RedisStorageProvider(Fixture.Options with { LockTime = TimeSpan.Zero })).Message.ShouldContain("LockTime");
        Should.Throw<ArgumentException>(() => new RedisStorageProvider(Fixture.Options with { Timeout = TimeSpan.Zero })).Message.ShouldContain("Timeout");
    }

    protected override void Dispose(bool disposing)
    {
        _connection.Dispose();
        base.Dispose(disposing);
    }

    static string Name(string part) => $"test:{{shop/clicks-table.3}}:{part}";

    string[] Keys() => [.. _connection.GetServer(Fixture.Server.Address).Keys().Select(key => (string)key!)];
}
