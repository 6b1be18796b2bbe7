namespace GokaAkka.Tables;

/// <summary>
/// Walks over a table in byte order of keys, on a snapshot: starts before the first key. Used by one thread; dispose it. goka's
/// <c>Iterator</c>.
/// </summary>
/// <typeparam name="T">The type of the table's values.</typeparam>
public sealed class TableIterator<T> : IDisposable
{
    readonly IStorageIterator _encoded;
    readonly Table<T> _table;
    readonly string _owner;
    readonly LocalTables<T> _partitions;
    readonly UnreadableValues _unreadable;
    T? _value;

    internal TableIterator(IStorageIterator encoded, Table<T> table, string owner, LocalTables<T> partitions, UnreadableValues unreadable)
    {
        (_encoded, _table, _owner, _partitions, _unreadable) = (encoded, table, owner, partitions, unreadable);
    }

    /// <summary>The current key's bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> KeyBytes => _encoded.Key;

    /// <summary>The current key, a copy.</summary>
    public Key Key => Key.Copy(KeyBytes);

    /// <summary>The current value's bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> ValueBytes => _encoded.Value;

    /// <summary>The current value, decoded.</summary>
    /// <exception cref="TableValueException">The codec cannot read it.</exception>
    public T Value
    {
        get
        {
            if (!_unreadable.ArePassedOver)
                Decode();
            return _value!;
        }
    }

    /// <summary>Moves to the next key. False at the end.</summary>
    public bool Next()
    {
        while (_encoded.Next())
        {
            if (!_unreadable.ArePassedOver || Decode())
                return true;
        }

        return false;
    }

    bool Decode() => _unreadable.TryDecode(_table, _owner, KeyBytes, ValueBytes, _partitions.PartitionOf(KeyBytes), out _value);

    /// <summary>Moves before the first key at or after <paramref name="key"/>, also backwards: <see cref="Next"/> goes to it.</summary>
    public void Seek(Key key) => _encoded.Seek(key.Span);

    /// <summary>Lets the snapshot go.</summary>
    public void Dispose() => _encoded.Dispose();
}
