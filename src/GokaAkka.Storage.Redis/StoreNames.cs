using StackExchange.Redis;

namespace GokaAkka.Storage.Redis;

/// <summary>The names of a store's keys. The braces keep them on one node of a cluster, so that a batch can be one transaction.</summary>
sealed class StoreNames
{
    readonly string _store;

    public StoreNames(string prefix, StorageId id)
    {
        Id = id;
        _store = $"{prefix}:{{{StoreFileName.Escape(id.Owner)}/{StoreFileName.Escape(id.Topic)}.{id.Partition}}}";
        Contents = new ContentNames($"{_store}:entries", $"{_store}:keys");
        Owner = $"{_store}:owner";
    }

    public StorageId Id { get; }

    public ContentNames Contents { get; }

    /// <summary>The string that is there while the store is open, and says by whom.</summary>
    public RedisKey Owner { get; }

    /// <summary>Names that contents get when they are cleared while iterators are on them.</summary>
    public ContentNames Cleared()
    {
        var unique = Guid.NewGuid().ToString("n");
        return new ContentNames($"{_store}:cleared:{unique}:entries", $"{_store}:cleared:{unique}:keys");
    }

    public override string ToString() => _store;

    public StorageCorruptException Corrupt(string found, Exception? cause = null) =>
        new($"The Redis store {_store} cannot be trusted: {found}. Delete the store and let it be restored from its changelog.", cause);
}

/// <summary>The hash of values, with the position as a field of its own, and the sorted set of keys.</summary>
sealed record ContentNames(RedisKey Entries, RedisKey Keys);
