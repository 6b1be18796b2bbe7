using Akka.Configuration;
using GokaAkka.Storage.Redis;
using GokaAkka.Storage.RocksDb;

namespace GokaAkka.Storage.Tests;

/// <summary>What the configuration says of stores, below <c>goka.storage</c>.</summary>
public sealed class StorageSettingsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    [Fact]
    public void Stores_must_be_made_with_the_defaults_of_the_reference_configuration_which_are_those_in_code()
    {
        Make<LiteDbStorageProvider>("litedb").CacheBytes.ShouldBe(new LiteDbStorageProvider(_folder.Path).CacheBytes);
        var lmdb = Make<LmdbStorageProvider>("lmdb");
        (lmdb.IteratorLifetime, lmdb.MapBytes).ShouldBe((TimeSpan.FromMinutes(1), 1L << 30));
        var rocks = Make<RocksDbStorageProvider>("rocksdb");
        (rocks.FlushInterval, rocks.Options.Count).ShouldBe((TimeSpan.FromMinutes(10), 0));
        rocks.MemoryBytes.ShouldBe(new RocksDbStorageProvider(_folder.Path).MemoryBytes);
        _ = Make<RedisStorageProvider>("redis");
    }

    [Fact]
    public void Stores_must_be_made_with_what_the_configuration_sets()
    {
        Make<LiteDbStorageProvider>("litedb", "litedb.cache-size = 3MiB").CacheBytes.ShouldBe(3 << 20);
        var lmdb = Make<LmdbStorageProvider>("lmdb", "lmdb { iterator-lifetime = 3s, map-size = 2MiB }");
        (lmdb.IteratorLifetime, lmdb.MapBytes).ShouldBe((TimeSpan.FromSeconds(3), 2L << 20));
        var rocks = Make<RocksDbStorageProvider>("rocksdb", "rocksdb { memory = 64MiB, flush-interval = 2m, options { compression = kNoCompression, max_open_files = 77 } }");
        (rocks.MemoryBytes, rocks.FlushInterval).ShouldBe((64L << 20, TimeSpan.FromMinutes(2)));
        rocks.Options.Select(static o => $"{o.Key}={o.Value}").ShouldBe(["compression=kNoCompression", "max_open_files=77"], ignoreOrder: true);
        var id = new StorageId("shop", "clicks-table", 0);
        rocks.Open(id).Dispose();
        File.ReadAllText(Directory.GetFiles(rocks.PathOf(id), "OPTIONS-*")[0]).ShouldContain("max_open_files=77");
    }

    [Theory]
    [InlineData("lmdb", "lmdb.map-size = 1KiB", "goka.storage.lmdb.map-size = '1KiB': expected a size such as 64MiB, 64KiB or more")]
    [InlineData("lmdb", "lmdb.iterator-lifetime = never", "goka.storage.lmdb.iterator-lifetime = 'never'")]
    [InlineData("lmdb", "lmdb.mapsize = 1GiB", "goka.storage.lmdb.mapsize is no setting of GokaAkka. Did you mean goka.storage.lmdb.map-size?")]
    [InlineData("rocksdb", "rocksdb.memory = much", "goka.storage.rocksdb.memory = 'much'")]
    [InlineData("litedb", "litedb.cache-size = 0", "goka.storage.litedb.cache-size = '0'")]
    [InlineData("redis", "redis.namespace = \"\"", "goka.storage.redis")]
    [InlineData("redis", "redis.lock-time = 10ms", "goka.storage.redis")]
    public void Settings_that_make_no_sense_or_that_there_are_not_must_be_refused_by_name(string store, string setting, string expected) =>
        Should.Throw<ConfigurationException>(() => Make<IStorageProvider>(store, setting)).Message.ShouldStartWith(expected);

    public void Dispose() => _folder.Dispose();

    T Make<T>(string store, string settings = "")
        where T : IStorageProvider
    {
        var hocon = ConfigurationFactory.ParseString($"goka.storage {{ provider = {store}, directory = \"{_folder.Path.Replace('\\', '/')}\"\n{settings}\n}}");
        var goka = GokaSettings.Create(Actors.Configuration.SettingsLayers.Of(hocon.WithFallback(GokaSettings.DefaultConfig())));
        return StorageProviders.Create(goka).ShouldBeAssignableTo<T>()!;
    }
}
