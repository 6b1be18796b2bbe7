namespace GokaAkka.Storage;

/// <summary>Opens stores of one kind. Named in HOCON by <c>goka.storage.provider</c> or given in code; safe for concurrent use.</summary>
/// <remarks>goka's <c>storage.Builder</c>.</remarks>
public interface IStorageProvider
{
    /// <summary>Whether the contents outlive the process. What a store that is not durable holds is restored from the changelog at every start.</summary>
    bool IsDurable { get; }

    /// <summary>Opens the store of one table partition, making it when it is absent.</summary>
    /// <exception cref="StorageLockedException">Another process, or another owner in this one, holds it.</exception>
    /// <exception cref="StorageException">It cannot be opened; the message names the place, what was found and what to do.</exception>
    /// <exception cref="StorageCorruptException">Its contents cannot be trusted; <see cref="Delete"/> makes room for a new one.</exception>
    IStorage Open(StorageId id);

    /// <summary>Removes a store and all it holds, also one that cannot be opened. Does nothing when there is none.</summary>
    /// <exception cref="StorageLockedException">It is open, here or in another process.</exception>
    /// <exception cref="StorageException">It cannot be removed.</exception>
    void Delete(StorageId id)
    {
        using var store = Open(id);
        store.Clear();
    }
}

/// <summary>Which store: the one of a table partition, as seen by one group or view.</summary>
/// <param name="Owner">The group or view that owns it. Two owners of the same table have a store each.</param>
/// <param name="Topic">The table topic.</param>
/// <param name="Partition">The partition.</param>
public readonly record struct StorageId(string Owner, string Topic, int Partition)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Owner}/{Topic}.{Partition}";
}
