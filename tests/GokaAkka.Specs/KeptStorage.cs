namespace GokaAkka.Specs;

/// <summary>Stores in memory whose contents outlive their closing, as files do: one owner at a time, and failures on order. Safe for concurrent use.</summary>
public sealed class KeptStorage : IStorageProvider
{
    readonly ConcurrentDictionary<StorageId, MemoryStorage> _contents = new();
    readonly ConcurrentDictionary<StorageId, Handle> _open = new();

    public bool IsDurable => true;

    /// <summary>The stores that are open.</summary>
    public ICollection<StorageId> Open => _open.Keys;

    /// <summary>Why opening fails, or null.</summary>
    public Func<StorageId, Exception?> RefuseOpen { get; set; } = static _ => null;

    /// <summary>Why a read fails, or null.</summary>
    public Func<StorageId, Exception?> RefuseRead { get; set; } = static _ => null;

    /// <summary>Why a write fails, or null.</summary>
    public Func<StorageId, Exception?> RefuseWrite { get; set; } = static _ => null;

    /// <summary>The contents of a store that was or will be opened.</summary>
    public MemoryStorage this[StorageId id] => _contents.GetOrAdd(id, static _ => new MemoryStorage());

    IStorage IStorageProvider.Open(StorageId id)
    {
        if (RefuseOpen(id) is { } error)
            throw error;
        var handle = new Handle(this, id, this[id]);
        return _open.TryAdd(id, handle) ? handle : throw new StorageLockedException($"Store {id} is open already.");
    }

    public StorePosition Position(StorageId id) => _contents.TryGetValue(id, out var store) ? store.Position : StorePosition.None;

    /// <summary>Has an open store answer no more until it is opened again.</summary>
    public void Break(StorageId id) => _open[id].Dispose();

    /// <summary>Sets the time of a closed store's last record.</summary>
    public void Age(StorageId id, long timestamp)
    {
        using var nothing = new WriteBatch();
        _contents[id].Apply(nothing, Position(id) with { Timestamp = timestamp });
    }

    /// <summary>Throws everything away.</summary>
    public void Clear() => _contents.Clear();

    sealed class Handle(KeptStorage owner, StorageId id, MemoryStorage store) : IStorage
    {
        int _closed;

        public StorePosition Position => Live.Position;

        MemoryStorage Live
        {
            get
            {
                ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);
                return store;
            }
        }

        public byte[]? Get(ReadOnlySpan<byte> key) => owner.RefuseRead(id) is { } error ? throw error : Live.Get(key);

        public bool Has(ReadOnlySpan<byte> key) => Live.Has(key);

        public void Apply(WriteBatch writes, StorePosition position)
        {
            if (owner.RefuseWrite(id) is { } error)
                throw error;
            Live.Apply(writes, position);
        }

        public IStorageIterator Iterate(KeyRange range) => owner.RefuseRead(id) is { } error ? throw error : Live.Iterate(range);

        public void Clear() => Live.Clear();

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0)
                owner._open.TryRemove(KeyValuePair.Create(id, this));
        }
    }
}
