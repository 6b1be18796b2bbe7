using Akka.Configuration;
using GokaAkka.Actors.Configuration;
using GokaAkka.Storage;

namespace GokaAkka.Actors;

/// <summary>Finds the store that the configuration names, among the store packages the application references.</summary>
static class StorageProviders
{
    const string Key = "goka.storage.provider";

    static readonly (string Name, string Type)[] Known =
    [
        ("litedb", "GokaAkka.Storage.LiteDb.LiteDbStorageProvider, GokaAkka.Storage.LiteDb"),
        ("lmdb", "GokaAkka.Storage.Lmdb.LmdbStorageProvider, GokaAkka.Storage.Lmdb"),
        ("rocksdb", "GokaAkka.Storage.RocksDb.RocksDbStorageProvider, GokaAkka.Storage.RocksDb"),
    ];

    /// <exception cref="ConfigurationException">There is none; the message says what to reference or set.</exception>
    public static IStorageProvider Create(GokaSettings settings)
    {
        var wanted = settings.StorageProvider;
        if (wanted == "memory")
            return new MemoryStorageProvider();
        if (Known.Any(k => k.Name == wanted))
            CheckDirectory(settings);
        var name = Known.FirstOrDefault(k => k.Name == wanted).Type ?? wanted;
        return ConfiguredClass.Find(name, out var problem) is { } type
            ? ConfiguredClass.Make<IStorageProvider, string>(type, settings.Name(Key), settings.StorageDirectory)
            : throw new ConfigurationException(
                $"{settings.Name(Key)} = '{wanted}' names no store: expected {string.Join(", ", Known.Select(k => k.Name))} with the package "
                + "GokaAkka.Storage.LiteDb, GokaAkka.Storage.Lmdb or GokaAkka.Storage.RocksDb referenced, memory to restore every table from Kafka at each start, or "
                + $"'Namespace.Class, Assembly' of an IStorageProvider. {problem}");
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
