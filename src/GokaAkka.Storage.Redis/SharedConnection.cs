using StackExchange.Redis;

namespace GokaAkka.Storage.Redis;

/// <summary>The connection that all open stores of a provider share; closed with the last of them.</summary>
sealed class SharedConnection(RedisStorageOptions options)
{
    readonly Lock _lock = new();
    ConnectionMultiplexer? _multiplexer;
    int _users;

    public IDatabase Take(StorePlace place)
    {
        lock (_lock)
        {
            _multiplexer ??= Connect(place);
            _users++;
            return _multiplexer.GetDatabase(options.Database);
        }
    }

    public void Give()
    {
        lock (_lock)
        {
            if (--_users > 0)
                return;
            _multiplexer?.Dispose();
            _multiplexer = null;
        }
    }

    ConnectionMultiplexer Connect(StorePlace place)
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
            throw new StorageException($"{place} cannot be opened: {e.Message} Expected a Redis server at {WithoutSecrets(options.Configuration)}.", e);
        }
    }

    static string WithoutSecrets(string configuration) =>
        string.Join(',', configuration.Split(',').Where(part => !part.Trim().StartsWith("password", StringComparison.OrdinalIgnoreCase)));
}
