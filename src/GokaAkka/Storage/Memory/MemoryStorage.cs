namespace GokaAkka.Storage;

/// <summary>Keeps a table partition in memory. Everything is gone with the process, and restored from the changelog at the next start.</summary>
/// <remarks>
/// goka's <c>storage.NewMemory</c>, without its faults in ranges and Seek. Readers take no lock: each batch makes a new map of blocks, published in one
/// step, and shares with the older one what it did not touch.
/// </remarks>
public sealed class MemoryStorage : IStorage
{
    static readonly BlockShape Shape = new(4096);

    readonly EntryBlockBuilder _builder = new();
    volatile BlockMap _map = BlockMap.New(Shape);
    volatile bool _closed;

    /// <inheritdoc/>
    public StorePosition Position => Open.Position;

    BlockMap Open
    {
        get
        {
            ThrowIfClosed();
            return _map;
        }
    }

    /// <inheritdoc/>
    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        var block = BlockOf(key);
        return block.Find(key) is var index and >= 0 ? block.Value(index).ToArray() : null;
    }

    /// <inheritdoc/>
    public bool Has(ReadOnlySpan<byte> key) => BlockOf(key).Find(key) >= 0;

    /// <inheritdoc/>
    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        var map = Open;
        _map = map.With(BlockChange.Of(map, writes, Shape, _builder, Load), position);
    }

    /// <inheritdoc/>
    public IStorageIterator Iterate(KeyRange range) => new BlockIterator(Open, range, Load, ThrowIfClosed);

    /// <inheritdoc/>
    public void Clear()
    {
        ThrowIfClosed();
        _map = BlockMap.New(Shape);
    }

    /// <summary>Lets the contents go. Using the store or an iterator of it afterwards is an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _closed = true;
        _map = BlockMap.New(Shape);
    }

    static EntryBlock Load(BlockMap map, int index) => map.Find(index)!;

    EntryBlock BlockOf(ReadOnlySpan<byte> key)
    {
        var map = Open;
        return Load(map, map.IndexOf(key));
    }

    void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_closed, this);
}
