namespace GokaAkka.Storage;

/// <summary>What the configuration says of one kind of store, by keys below <c>goka.storage.NAME</c>. A value that makes no sense is an error that names its key.</summary>
interface IStoreSettings
{
    string Text(string key);

    int Number(string key, int atLeast);

    long Size(string key, long atLeast = 1);

    TimeSpan Duration(string key);

    /// <summary>Settings of the engine, by its own names.</summary>
    IReadOnlyDictionary<string, string> Native(string key);
}
