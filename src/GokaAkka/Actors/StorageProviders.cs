using System.Reflection;
using Akka.Configuration;
using GokaAkka.Actors.Configuration;

namespace GokaAkka.Actors;

/// <summary>Finds the store that the configuration names, among the store packages the application references.</summary>
static class StorageProviders
{
    const string Key = "goka.storage.provider";

    // Those on files want a directory beside their settings.
    static readonly (string Name, string Type, bool IsOnFiles)[] Known =
    [
        ("litedb", "GokaAkka.Storage.LiteDb.LiteDbStorageProvider, GokaAkka.Storage.LiteDb", true),
        ("lmdb", "GokaAkka.Storage.Lmdb.LmdbStorageProvider, GokaAkka.Storage.Lmdb", true),
        ("rocksdb", "GokaAkka.Storage.RocksDb.RocksDbStorageProvider, GokaAkka.Storage.RocksDb", true),
        ("redis", "GokaAkka.Storage.Redis.RedisStorageProvider, GokaAkka.Storage.Redis", false),
    ];

    /// <exception cref="ConfigurationException">There is none; the message says what to reference or set.</exception>
    public static IStorageProvider Create(GokaSettings settings)
    {
        var wanted = settings.StorageProvider;
        if (wanted == "memory")
            return new MemoryStorageProvider();
        var known = Known.FirstOrDefault(k => k.Name == wanted);
        if (known.IsOnFiles)
            CheckDirectory(settings);
        if (ConfiguredClass.Find(known.Type ?? wanted, out var problem) is not { } type)
        {
            throw new ConfigurationException(
                $"{settings.Name(Key)} = '{wanted}' names no store: expected {string.Join(", ", Known.Select(k => k.Name))} with the package "
                + "GokaAkka.Storage.LiteDb, GokaAkka.Storage.Lmdb, GokaAkka.Storage.RocksDb or GokaAkka.Storage.Redis referenced, memory to restore every table "
                + $"from Kafka at each start, or 'Namespace.Class, Assembly' of an IStorageProvider. {problem}");
        }

        if (known.Type is null)
            return ConfiguredClass.Make<IStorageProvider, string>(type, settings.Name(Key), settings.StorageDirectory);
        var store = settings.Store(wanted);
        try
        {
            return Make(type, known.IsOnFiles ? [settings.StorageDirectory, store] : [store]);
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"goka.storage.{wanted}: {e.Message}", e);
        }
    }

    // By the constructor for the configuration, which is of no use to others.
    static IStorageProvider Make(Type type, object[] arguments)
    {
        const BindingFlags Flags = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DoNotWrapExceptions;
        return (IStorageProvider)Activator.CreateInstance(type, Flags, binder: null, arguments, culture: null)!;
    }

    // Here, not in each partition's store: a container without a home may have no default that can be written to.
    static void CheckDirectory(GokaSettings settings)
    {
        const string key = "goka.storage.directory";
        var directory = settings.StorageDirectory;
        try
        {
            var probe = Path.Combine(Directory.CreateDirectory(directory).FullName, $".probe-{Guid.NewGuid():N}");
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var home = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } set ? $"HOME is '{set}'" : "HOME is not set";
            throw new ConfigurationException(
                $"{settings.Name(key)} = '{directory}'{(settings.IsDefaultDirectory ? $", the default, for it is empty and {home}," : "")} cannot be written to: {e.Message} "
                + "Set it to a folder of this node's own, on a volume that outlives a container.", e);
        }
    }
}
