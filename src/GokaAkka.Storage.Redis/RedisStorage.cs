namespace GokaAkka.Storage.Redis;

/// <summary>A table partition on a Redis server.</summary>
sealed class RedisStorage : IStorage
{
    const int KeysPerRead = 1000;

    readonly RedisStore _store;
    readonly List<RedisIterator> _iterators = [];
    volatile Known? _known;
    volatile bool _isClosed;

    public RedisStorage(RedisStore store)
    {
        _store = store;
        try
        {
            _known = new Known(store.ReadPosition());
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Held by the writer, and by an iterator while it reads a page.</summary>
    public Lock Turn { get; } = new();

    /// <remarks>After a batch whose outcome is unknown the server is asked.</remarks>
    public StorePosition Position
    {
        get
        {
            ThrowIfClosed();
            if (_known is { } known)
                return known.Position;
            lock (Turn)
                return (_known ??= new Known(_store.ReadPosition())).Position;
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
        Write(position, () =>
        {
            Preserve(writes);
            _store.Write(writes, position);
        });
    }

    public IStorageIterator Iterate(KeyRange range)
    {
        lock (Turn)
        {
            ThrowIfClosed();
            var iterator = new RedisIterator(this, _store, range);
            _iterators.Add(iterator);
            return iterator;
        }
    }

    public void Clear() => Write(StorePosition.None, () =>
    {
        foreach (var iterator in _iterators)
            iterator.ReadAll();
        _iterators.Clear();
        _store.Clear();
    });

    public void Forget(RedisIterator iterator)
    {
        lock (Turn)
            _ = _iterators.Remove(iterator);
    }

    public void Dispose()
    {
        lock (Turn)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _store.Dispose();
        }
    }

    public void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, typeof(IStorage));

    void Write(StorePosition position, Action write)
    {
        lock (Turn)
        {
            ThrowIfClosed();
            // Until it is known whether it was done: the server may do it and the answer be lost.
            _known = null;
            write();
            _known = new Known(position);
        }
    }

    // Gives the open iterators what a batch is about to replace: a read of each written key while there is an iterator, and nothing otherwise.
    void Preserve(WriteBatch writes)
    {
        if (_iterators.Count == 0)
            return;
        var keys = new List<byte[]>(writes.Count);
        for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
            keys.Add(sorted.Key.ToArray());
        foreach (var some in keys.Chunk(KeysPerRead))
        {
            var values = _store.Read(some);
            foreach (var iterator in _iterators)
                iterator.Preserve(some, values);
        }
    }

    sealed record Known(StorePosition Position);
}
