namespace GokaAkka.Storage.Redis;

/// <summary>How tables are kept in Redis.</summary>
public sealed record RedisStorageOptions
{
    /// <summary>
    /// The server, as StackExchange.Redis takes it: <c>host:port</c>, and after commas <c>password=…</c>, <c>ssl=true</c> and so on. Redis 4 or later.
    /// </summary>
    public required string Configuration { get; init; }

    /// <summary>What the names of all keys begin with, so that several applications can share a server. Not empty.</summary>
    public required string Namespace { get; init; }

    /// <summary>The number of the database on the server.</summary>
    public int Database { get; init; }

    /// <summary>
    /// How long a store stays locked after its owner has crashed. 15 seconds by default, renewed three times in that time. An owner that was
    /// away for longer cannot write any more.
    /// </summary>
    public TimeSpan LockTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one command may take. A minute by default, since a batch is one command.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Configuration);
        ArgumentException.ThrowIfNullOrWhiteSpace(Namespace);
        ArgumentOutOfRangeException.ThrowIfLessThan(LockTime, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(Timeout, TimeSpan.FromMilliseconds(100));
    }
}
