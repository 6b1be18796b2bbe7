using StackExchange.Redis;

namespace GokaAkka.Storage.Redis;

/// <summary>The names of a store's keys on the server. The braces keep them on one node of a cluster, so that a batch can be one transaction.</summary>
sealed class RedisNames
{
    public RedisNames(string prefix, StorageId id)
    {
        var store = $"{prefix}:{{{StoreFileName.Escape(id.Owner)}/{StoreFileName.Escape(id.Topic)}.{id.Partition}}}";
        Place = new StorePlace("Redis", id, store);
        (Entries, Keys, Owner) = ($"{store}:entries", $"{store}:keys", $"{store}:owner");
    }

    /// <summary>What errors call the store.</summary>
    public StorePlace Place { get; }

    /// <summary>The hash of values by <see cref="StoredKey"/>, with the store's mark.</summary>
    public RedisKey Entries { get; }

    /// <summary>The sorted set of keys, for their order.</summary>
    public RedisKey Keys { get; }

    /// <summary>The string that is there while the store is open, and says by whom.</summary>
    public RedisKey Owner { get; }
}
