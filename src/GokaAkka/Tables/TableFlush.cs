namespace GokaAkka.Tables;

/// <summary>The changes of a table up to a moment, on their way to the store. Taken by the partition's thread, written by any.</summary>
sealed class TableFlush(WriteBatch writes, long epoch)
{
    /// <summary>The changed keys with the values they had at that moment.</summary>
    public WriteBatch Writes { get; } = writes;

    /// <summary>The epoch that ended with it.</summary>
    public long Epoch { get; } = epoch;

    /// <summary>The changelog up to which the values reach; set once all of it is acknowledged.</summary>
    public StorePosition Position { get; set; }
}
