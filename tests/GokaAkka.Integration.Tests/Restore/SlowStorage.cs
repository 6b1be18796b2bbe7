using GokaAkka.Records;
using GokaAkka.Storage;

namespace GokaAkka.Integration.Tests.Restore;

/// <summary>Keeps tables in memory, and takes its time to write: a busy disk.</summary>
sealed class SlowStorage(TimeSpan perWrite) : IStorageProvider
{
    readonly MemoryStorageProvider _memory = new();
    int _writes;

    public bool IsDurable => false;

    /// <summary>How many writes there were.</summary>
    public int Writes => Volatile.Read(ref _writes);

    public IStorage Open(StorageId id) => new Store(this, _memory.Open(id));

    sealed class Store(SlowStorage owner, IStorage inner) : IStorage
    {
        public StorePosition Position => inner.Position;

        public byte[]? Get(ReadOnlySpan<byte> key) => inner.Get(key);

        public bool Has(ReadOnlySpan<byte> key) => inner.Has(key);

        public void Apply(WriteBatch writes, StorePosition position)
        {
            Interlocked.Increment(ref owner._writes);
            Thread.Sleep(owner.PerWrite);
            inner.Apply(writes, position);
        }

        public IStorageIterator Iterate(KeyRange range) => inner.Iterate(range);

        public void Clear() => inner.Clear();

        public void Dispose() => inner.Dispose();
    }

    TimeSpan PerWrite => perWrite;
}
