namespace GokaAkka.Storage;

/// <summary>Keeps every table partition in memory.</summary>
/// <remarks>goka's <c>storage.MemoryBuilder</c>.</remarks>
public sealed class MemoryStorageProvider : IStorageProvider
{
    /// <inheritdoc/>
    public bool IsDurable => false;

    /// <summary>A new, empty store: there is nothing to be shared or locked.</summary>
    public IStorage Open(StorageId id) => new MemoryStorage();
}
