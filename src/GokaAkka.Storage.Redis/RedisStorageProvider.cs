namespace GokaAkka.Storage.Redis;

/// <summary>Keeps every table partition in a hash and a sorted set of a Redis server.</summary>
/// <remarks>
/// goka's <c>storage/redis</c>, without its faults: the position is no user key, ranges and Seek go by bytes, iterators reach the end. What
/// outlives a crash of the server is up to its own settings; contents and position are lost or kept together. Every read notices when
/// the server has evicted something.
/// </remarks>
public sealed class RedisStorageProvider : IStorageProvider
{
    readonly RedisStorageOptions _options;
    readonly SharedConnection _connection;

    /// <summary>A provider of stores on one server; it connects when a store is opened.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public RedisStorageProvider(RedisStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _connection = new SharedConnection(options);
    }

    RedisStorageProvider(IStoreSettings settings) : this(new RedisStorageOptions
    {
        Configuration = settings.Text("configuration"),
        Namespace = settings.Text("namespace"),
        Database = settings.Number("database", 0),
        LockTime = settings.Duration("lock-time"),
        Timeout = settings.Duration("timeout"),
    })
    {
    }

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <inheritdoc/>
    public IStorage Open(StorageId id) => new RedisStorage(new RedisStore(_connection, new RedisNames(_options.Namespace, id), _options));

    /// <summary>Removes a store and all it holds, also one that cannot be opened. Does nothing when there is none.</summary>
    /// <exception cref="StorageLockedException">It is open, here or in another process.</exception>
    public void Delete(StorageId id)
    {
        using var store = new RedisStore(_connection, new RedisNames(_options.Namespace, id), _options);
        store.Remove();
    }
}
