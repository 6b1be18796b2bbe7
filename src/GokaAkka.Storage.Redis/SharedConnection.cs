using StackExchange.Redis;

namespace GokaAkka.Storage.Redis;

/// <summary>The connection that all open stores of a provider share; closed with the last of them.</summary>
sealed class SharedConnection(RedisStorageOptions options)
{
    readonly Lock _lock = new();
    ConnectionMultiplexer? _multiplexer;
    int _users;

    /// <summary>Makes something that uses the connection, and that gives it back through <see cref="Lease.Dispose"/>.</summary>
    public T Use<T>(StoreNames names, Func<Lease, T> make)
    {
        var lease = Take(names);
        try
        {
            return make(lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    Lease Take(StoreNames names)
    {
        lock (_lock)
        {
            _multiplexer ??= Connect(names);
            _users++;
            return new Lease(this, _multiplexer.GetDatabase(options.Database));
        }
    }

    void Give()
    {
        lock (_lock)
        {
            if (--_users > 0)
                return;
            _multiplexer?.Dispose();
            _multiplexer = null;
        }
    }

    ConnectionMultiplexer Connect(StoreNames names)
    {
        try
        {
            var configuration = ConfigurationOptions.Parse(options.Configuration);
            configuration.SyncTimeout = (int)options.Timeout.TotalMilliseconds;
            configuration.ClientName = "GokaAkka";
            return ConnectionMultiplexer.Connect(configuration);
        }
        catch (Exception e) when (e is RedisException or ArgumentException)
        {
            throw new StorageException(
                $"The Redis store {names} cannot be opened: {e.Message} Expected a Redis server at {WithoutSecrets(options.Configuration)}.", e);
        }
    }

    static string WithoutSecrets(string configuration) =>
        string.Join(',', configuration.Split(',').Where(part => !part.Trim().StartsWith("password", StringComparison.OrdinalIgnoreCase)));

    /// <summary>One store's use of the connection.</summary>
    public sealed class Lease(SharedConnection owner, IDatabase database) : IDisposable
    {
        int _given;

        public IDatabase Database => database;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
                owner.Give();
        }
    }
}
