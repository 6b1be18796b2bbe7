namespace GokaAkka.Storage.Redis;

/// <summary>A table partition on a Redis server.</summary>
sealed class RedisStorage : IStorage
{
    readonly RedisStore _store;
    readonly PagedIterators _iterators = new();
    volatile Known? _position;

    public RedisStorage(RedisStore store)
    {
        _store = store;
        try
        {
            _position = new Known(store.ReadPosition());
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <remarks>After a batch whose outcome is unknown the server is asked.</remarks>
    public StorePosition Position
    {
        get
        {
            ThrowIfClosed();
            if (_position is { } known)
                return known.Position;
            lock (_iterators.Turn)
                return (_position ??= new Known(_store.ReadPosition())).Position;
        }
    }

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        ThrowIfClosed();
        return _store.Read([key.ToArray()])[0];
    }

    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        lock (_iterators.Turn)
        {
            ThrowIfClosed();
            _iterators.Preserve(writes, _store.Read);
            Write(() => _store.Write(writes, position), position);
        }
    }

    public IStorageIterator Iterate(KeyRange range)
    {
        ThrowIfClosed();
        return _iterators.Open(new RedisPages(_store, _store.Names.Contents), range);
    }

    public void Clear()
    {
        lock (_iterators.Turn)
        {
            ThrowIfClosed();
            var cleared = Write(_store.SetAside, StorePosition.None);
            _iterators.SetAside(new RedisPages(_store, cleared), () => _store.Discard(cleared));
        }
    }

    public void Dispose()
    {
        lock (_iterators.Turn)
        {
            if (_iterators.IsClosed)
                return;
            _iterators.Close();
            _store.Dispose();
        }
    }

    void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_iterators.IsClosed, this);

    T Write<T>(Func<T> write, StorePosition position)
    {
        try
        {
            var result = write();
            _position = new Known(position);
            return result;
        }
        catch
        {
            // The server may have done it and the answer may be lost.
            _position = null;
            throw;
        }
    }

    sealed record Known(StorePosition Position);
}
