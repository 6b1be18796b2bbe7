using System.Reflection;
using Akka.Configuration;
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
            return Known.Select(k => Find(k.Type)).FirstOrDefault(t => t is not null) is { } first
                ? Make(first, settings)
                : throw new ConfigurationException(
                    "No store for tables: reference the package GokaAkka.Storage.Sqlite or GokaAkka.Storage.LiteDb, or set "
                    + "goka.storage.provider = memory to restore every table from Kafka at each start.");
        }

        var name = Known.FirstOrDefault(k => k.Name == wanted).Type ?? wanted;
        return Find(name) is { } type
            ? Make(type, settings)
            : throw new ConfigurationException(
                $"{settings.Name(Key)} = '{wanted}' names no store: expected default, memory, {string.Join(", ", Known.Select(k => k.Name))}, or "
                + $"'Namespace.Class, Assembly' of an IStorageProvider, with its package referenced. Looked for '{name}'.");
    }

    static Type? Find(string name)
    {
        try
        {
            return Type.GetType(name, throwOnError: false);
        }
        catch (FileLoadException)
        {
            return null;
        }
    }

    static IStorageProvider Make(Type type, GokaSettings settings)
    {
        try
        {
            var withDirectory = type.GetConstructor([typeof(string)]);
            var made = withDirectory is not null ? withDirectory.Invoke([settings.StorageDirectory]) : Activator.CreateInstance(type);
            return made as IStorageProvider
                ?? throw new ConfigurationException($"{settings.Name(Key)}: {type.FullName} does not implement IStorageProvider.");
        }
        catch (Exception e) when (e is TargetInvocationException or MissingMethodException)
        {
            var cause = e.InnerException ?? e;
            throw new ConfigurationException($"{settings.Name(Key)}: {type.FullName} cannot be made: {cause.Message}", cause);
        }
    }
}
