using GokaAkka.Storage.Redis;

namespace GokaAkka.Storage.Tests;

public sealed class RedisFixture : IStoreFixture
{
    public RedisServer Server { get; } = new();

    public RedisStorageOptions Options => new() { Configuration = Server.Address, Namespace = "test" };

    public IStorageProvider NewProvider() => new RedisStorageProvider(Options);

    public void Dispose() => Server.Dispose();
}

public sealed class RedisServerTests
{
    [RequiredFact("redis-server")]
    public void Redis_server_must_be_there_for_the_tests_of_its_store()
    {
        using var server = new RedisServer();
        server.Port.ShouldBeGreaterThan(0);
    }
}

[Requires("redis-server")]
public sealed class RedisPosition : PositionConformance<RedisFixture>;

[Requires("redis-server")]
public sealed class RedisContents : ContentsConformance<RedisFixture>;

[Requires("redis-server")]
public sealed class RedisIterators : IteratorConformance<RedisFixture>;

[Requires("redis-server")]
public sealed class RedisConcurrency : ConcurrencyConformance<RedisFixture>;

[Requires("redis-server")]
public sealed class RedisModel(ITestOutputHelper output) : ModelConformance<RedisFixture>(output);

[Requires("redis-server")]
public sealed class RedisDurability : DurabilityConformance<RedisFixture>;

[Requires("redis-server")]
public sealed class RedisDurableContents : DurableContentsConformance<RedisFixture>;
