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
        // The first is the default where both are referenced: it takes a fraction of the time for a key that is written.
        ("sqlite", "GokaAkka.Storage.Sqlite.SqliteStorageProvider, GokaAkka.Storage.Sqlite"),
        ("litedb", "GokaAkka.Storage.LiteDb.LiteDbStorageProvider, GokaAkka.Storage.LiteDb"),
    ];

    /// <exception cref="ConfigurationException">There is none; the message says what to reference or set.</exception>
    public static IStorageProvider Create(GokaSettings settings)
    {
        var wanted = settings.StorageProvider;
        if (wanted == "memory")
            return new MemoryStorageProvider();
        if (wanted == "default")
        {
            return Known.Select(static k => ConfiguredClass.Find(k.Type, out _)).FirstOrDefault(t => t is not null) is { } first
                ? Make(first, settings)
                : throw new ConfigurationException(
                    "No store for tables: reference the package GokaAkka.Storage.Sqlite or GokaAkka.Storage.LiteDb, or set "
                    + "goka.storage.provider = memory to restore every table from Kafka at each start.");
        }

        var name = Known.FirstOrDefault(k => k.Name == wanted).Type ?? wanted;
        return ConfiguredClass.Find(name, out var problem) is { } type
            ? Make(type, settings)
            : throw new ConfigurationException(
                $"{settings.Name(Key)} = '{wanted}' names no store: expected default, memory, {string.Join(", ", Known.Select(k => k.Name))}, or "
                + $"'Namespace.Class, Assembly' of an IStorageProvider, with its package referenced. {problem}");
    }

    static IStorageProvider Make(Type type, GokaSettings settings) =>
        ConfiguredClass.Make<IStorageProvider, string>(type, settings.Name(Key), settings.StorageDirectory);
}
