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
    ];

    /// <exception cref="ConfigurationException">There is none; the message says what to reference or set.</exception>
    public static IStorageProvider Create(GokaSettings settings)
    {
        var wanted = settings.StorageProvider;
        if (wanted == "memory")
            return new MemoryStorageProvider();
        var name = Known.FirstOrDefault(k => k.Name == wanted).Type ?? wanted;
        return ConfiguredClass.Find(name, out var problem) is { } type
            ? ConfiguredClass.Make<IStorageProvider, string>(type, settings.Name(Key), settings.StorageDirectory)
            : throw new ConfigurationException(
                $"{settings.Name(Key)} = '{wanted}' names no store: expected {string.Join(", ", Known.Select(k => k.Name))} with the package "
                + "GokaAkka.Storage.LiteDb or GokaAkka.Storage.Lmdb referenced, memory to restore every table from Kafka at each start, or "
                + $"'Namespace.Class, Assembly' of an IStorageProvider. {problem}");
    }
}
