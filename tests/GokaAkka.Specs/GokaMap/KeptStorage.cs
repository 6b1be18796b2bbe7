namespace GokaAkka.Specs.GokaMap;

/// <summary>Stores in memory that are there again when they are opened again, as those on a disk are.</summary>
public sealed class KeptStorage : IStorageProvider
{
    readonly ConcurrentDictionary<StorageId, MemoryStorage> _stores = new();

    public bool IsDurable => true;

    /// <summary>The contents of a store that was or will be opened.</summary>
    public MemoryStorage this[StorageId id] => _stores.GetOrAdd(id, _ => new MemoryStorage());

    public IStorage Open(StorageId id) => new Opened(this[id]);

    sealed class Opened(MemoryStorage kept) : IStorage
    {
        public StorePosition Position => kept.Position;

        public byte[]? Get(ReadOnlySpan<byte> key) => kept.Get(key);

        public bool Has(ReadOnlySpan<byte> key) => kept.Has(key);

        public void Apply(WriteBatch writes, StorePosition position) => kept.Apply(writes, position);

        public IStorageIterator Iterate(KeyRange range) => kept.Iterate(range);

        public void Clear() => kept.Clear();

        public void Dispose()
        {
            // Kept.
        }
    }
}
