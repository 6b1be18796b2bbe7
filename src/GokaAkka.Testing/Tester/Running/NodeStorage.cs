namespace GokaAkka.Testing;

/// <summary>
/// A node's stores: those of a provider, or in memory and then kept, as a disk is, from one life of the node to the next. They fail as they
/// are told to. Used by one thread.
/// </summary>
sealed class NodeStorage(IStorageProvider? provider, StoreFaults faults) : IStorageProvider
{
    readonly Dictionary<StorageId, MemoryStorage> _kept = [];

    public bool IsDurable => provider?.IsDurable ?? true;

    public IStorage Open(StorageId id)
    {
        faults.Strike(StoreOperation.Open, id);
        if (provider is not null)
            return new FaultyStorage(provider.Open(id), isKept: false, id, faults);
        if (!_kept.TryGetValue(id, out var store))
            _kept[id] = store = new MemoryStorage();
        return new FaultyStorage(store, isKept: true, id, faults);
    }

    /// <summary>The disk is gone.</summary>
    public void Wipe() => _kept.Clear();

    sealed class FaultyStorage(IStorage inner, bool isKept, StorageId id, StoreFaults faults) : IStorage
    {
        bool _closed;

        public StorePosition Position => Inner.Position;

        public long? SizeBytes => inner.SizeBytes;

        IStorage Inner
        {
            get
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                return inner;
            }
        }

        public byte[]? Get(ReadOnlySpan<byte> key)
        {
            faults.Strike(StoreOperation.Read, id);
            return Inner.Get(key);
        }

        public bool Has(ReadOnlySpan<byte> key)
        {
            faults.Strike(StoreOperation.Read, id);
            return Inner.Has(key);
        }

        public void Apply(WriteBatch writes, StorePosition position)
        {
            faults.Strike(StoreOperation.Write, id);
            Inner.Apply(writes, position);
        }

        public IStorageIterator Iterate(KeyRange range)
        {
            faults.Strike(StoreOperation.Read, id);
            return Inner.Iterate(range);
        }

        public void Clear() => Inner.Clear();

        public void Dispose()
        {
            if (_closed)
                return;
            _closed = true;
            if (!isKept)
                inner.Dispose();
        }
    }
}
