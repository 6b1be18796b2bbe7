namespace GokaAkka.Storage.LiteDb;

/// <summary>A table partition in a LiteDB file.</summary>
/// <remarks>After an error of the disk LiteDB has closed itself: the next call opens the file anew.</remarks>
sealed class LiteDbStorage(StorePlace place, long cacheBytes, StoreLock ownership) : IStorage
{
    readonly Lock _writing = new();
    volatile Database _database = new(place, cacheBytes);
    volatile bool _isClosed;

    public StorePosition Position => Open.Map.Position;

    public long? SizeBytes => place.Size;

    Database Open
    {
        get
        {
            ThrowIfClosed();
            if (!_database.HasFailed)
                return _database;
            lock (_writing)
            {
                ThrowIfClosed();
                if (_database.HasFailed)
                {
                    _database.Abandon();
                    _database = new Database(place, cacheBytes);
                }

                return _database;
            }
        }
    }

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        var block = BlockOf(key);
        return block.Find(key) is var index and >= 0 ? block.Value(index).ToArray() : null;
    }

    public bool Has(ReadOnlySpan<byte> key) => BlockOf(key).Find(key) >= 0;

    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        lock (_writing)
            Open.Apply(writes, position);
    }

    public IStorageIterator Iterate(KeyRange range)
    {
        lock (_writing)
        {
            var database = Open;
            database.AddUser();
            return new BlockIterator(database.Map, range, database.Load, ThrowIfClosed, database.Release);
        }
    }

    public void Clear()
    {
        lock (_writing)
        {
            ThrowIfClosed();
            _database.Abandon();
            place.Discard();
            _ = Open;
        }
    }

    public void Dispose()
    {
        lock (_writing)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _database.Dispose();
            ownership.Dispose();
        }
    }

    void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, typeof(IStorage));

    EntryBlock BlockOf(ReadOnlySpan<byte> key)
    {
        var database = Open;
        var map = database.Map;
        return database.Load(map, map.IndexOf(key));
    }
}
