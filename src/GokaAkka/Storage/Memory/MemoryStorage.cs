namespace GokaAkka.Storage;

/// <summary>Keeps a table partition in memory. Everything is gone with the process, and restored from the changelog at the next start.</summary>
/// <remarks>
/// goka's <c>storage.NewMemory</c>, without its faults in ranges and Seek. Readers take no lock: each batch makes a new state, published in
/// one step, and shares with the older one what it did not touch.
/// </remarks>
public sealed class MemoryStorage : IStorage
{
    static readonly State Empty = new(null, StorePosition.None);

    volatile State _state = Empty;
    volatile bool _closed;

    /// <inheritdoc/>
    public StorePosition Position => Open.Position;

    State Open
    {
        get
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return _state;
        }
    }

    /// <inheritdoc/>
    public byte[]? Get(ReadOnlySpan<byte> key) => ByteTree.Find(Open.Root, key)?.AsSpan().ToArray();

    /// <inheritdoc/>
    public bool Has(ReadOnlySpan<byte> key) => ByteTree.Find(Open.Root, key) is not null;

    /// <inheritdoc/>
    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        var root = Open.Root;
        var edit = new object();
        for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
        {
            root = sorted.IsDelete
                ? ByteTree.Remove(root, sorted.Key, edit)
                : ByteTree.Put(root, sorted.Key, sorted.Value.ToArray(), edit);
        }

        _state = new State(root, position);
    }

    /// <inheritdoc/>
    public IStorageIterator Iterate(KeyRange range) => new ByteTreeIterator(Open.Root, range, () => _closed);

    /// <inheritdoc/>
    public void Clear()
    {
        _ = Open;
        _state = Empty;
    }

    /// <summary>Lets the contents go. Using the store or an iterator of it afterwards is an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _closed = true;
        _state = Empty;
    }

    sealed record State(ByteTreeNode? Root, StorePosition Position);
}
