using GokaAkka.Storage.Redis;

namespace GokaAkka.Storage.Tests;

public sealed class RedisFixture : IStoreFixture
{
    public RedisServer Server { get; } = new();

    public RedisStorageOptions Options => new() { Configuration = Server.Address, Namespace = "test" };

    public IStorageProvider NewProvider() => new RedisStorageProvider(Options);

    public void Dispose() => Server.Dispose();
}

[RequiresProgram("redis-server")]
public sealed class RedisPosition : PositionConformance<RedisFixture>;

[RequiresProgram("redis-server")]
public sealed class RedisContents : ContentsConformance<RedisFixture>;

[RequiresProgram("redis-server")]
public sealed class RedisIterators : IteratorConformance<RedisFixture>;

[RequiresProgram("redis-server")]
public sealed class RedisConcurrency : ConcurrencyConformance<RedisFixture>;

[RequiresProgram("redis-server")]
public sealed class RedisModel(ITestOutputHelper output) : ModelConformance<RedisFixture>(output);

[RequiresProgram("redis-server")]
public sealed class RedisDurability : DurabilityConformance<RedisFixture>;

[RequiresProgram("redis-server")]
public sealed class RedisDurableContents : DurableContentsConformance<RedisFixture>;
