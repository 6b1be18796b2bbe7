namespace GokaAkka.Storage;

/// <summary>Keeps the position and nothing else, for a table that is written and never read here.</summary>
/// <remarks>goka's <c>storage.NewNull</c>. Every key is absent.</remarks>
public sealed class NullStorage : IStorage
{
    // In an object of its own, so that a reader beside the writer never sees half of one and half of another.
    volatile Holder? _position = new(StorePosition.None);

    /// <inheritdoc/>
    public StorePosition Position => Open.Position;

    Holder Open
    {
        get
        {
            var position = _position;
            ObjectDisposedException.ThrowIf(position is null, this);
            return position;
        }
    }

    /// <summary>Null.</summary>
    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        _ = Open;
        return null;
    }

    /// <summary>False.</summary>
    public bool Has(ReadOnlySpan<byte> key)
    {
        _ = Open;
        return false;
    }

    /// <summary>Takes the position and drops the writes.</summary>
    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        _ = Open;
        _position = new Holder(position);
    }

    /// <summary>An iterator that finds nothing.</summary>
    public IStorageIterator Iterate(KeyRange range)
    {
        _ = Open;
        return new EmptyIterator();
    }

    /// <inheritdoc/>
    public void Clear()
    {
        _ = Open;
        _position = new Holder(StorePosition.None);
    }

    /// <summary>Closes the store; using it afterwards is an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _position = null;

    sealed record Holder(StorePosition Position);
}

/// <summary>Keeps the position of every table partition and nothing else.</summary>
public sealed class NullStorageProvider : IStorageProvider
{
    /// <inheritdoc/>
    public bool IsDurable => false;

    /// <summary>A new store.</summary>
    public IStorage Open(StorageId id) => new NullStorage();
}
