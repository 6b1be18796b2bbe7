namespace GokaAkka.Tables;

/// <summary>
/// What to do with a record read from a table's topic, in place of setting or removing its key. Called while restoring and following, not
/// for a processor's own writes. goka's <c>UpdateCallback</c>.
/// </summary>
/// <param name="context">Where the record comes from.</param>
/// <param name="table">The local table.</param>
/// <param name="key">The record's key.</param>
/// <param name="value">The record's value, or null for a tombstone.</param>
public delegate void TableUpdate(in UpdateContext context, ITableWriter table, Key key, byte[]? value);

/// <summary>Where a table record comes from. goka's <c>UpdateContext</c>.</summary>
/// <param name="Topic">The table's topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The record's offset.</param>
/// <param name="Timestamp">The record's time, or null when the broker gave none.</param>
/// <param name="Headers">The record's headers.</param>
public readonly record struct UpdateContext(string Topic, int Partition, long Offset, DateTimeOffset? Timestamp, Headers Headers);

/// <summary>The local table, as a <see cref="TableUpdate"/> writes to it. Valid during the call.</summary>
public interface ITableWriter
{
    /// <summary>The value of a key, earlier updates included, or null.</summary>
    byte[]? Get(Key key);

    /// <summary>Sets a key.</summary>
    void Set(Key key, ReadOnlySpan<byte> value);

    /// <summary>Removes a key.</summary>
    void Delete(Key key);
}

/// <summary>Writes into a batch that is on its way to a store, and reads what both hold.</summary>
sealed class BatchWriter(WriteBatch writes, IStorage store) : ITableWriter
{
    public byte[]? Get(Key key)
    {
        if (!writes.TryGet(key.Span, out var value, out var isDelete))
            return store.Get(key.Span);
        return isDelete ? null : value.ToArray();
    }

    public void Set(Key key, ReadOnlySpan<byte> value) => writes.Put(key.Span, value);

    public void Delete(Key key) => writes.Delete(key.Span);
}
