using StackExchange.Redis;

namespace GokaAkka.Storage.Redis;

/// <summary>A table partition on a Redis server. Iterators are kept on their snapshots here: before a batch goes out, they are given what it changes.</summary>
sealed class RedisStorage : IStorage
{
    readonly RedisStore _store;
    readonly List<RedisIterator> _iterators = [];
    volatile Known? _position;
    volatile bool _closed;

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

    /// <summary>Held by the writer, and by an iterator while it reads a page.</summary>
    public Lock Turn { get; } = new();

    /// <remarks>After a batch whose outcome is unknown the server is asked.</remarks>
    public StorePosition Position
    {
        get
        {
            ThrowIfClosed();
            if (_position is { } known)
                return known.Position;
            lock (Turn)
                return (_position ??= new Known(_store.ReadPosition())).Position;
        }
    }

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        ThrowIfClosed();
        return _store.Read(Redis.Position.Entry(key))[0];
    }

    public bool Has(ReadOnlySpan<byte> key) => Get(key) is not null;

    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        lock (Turn)
        {
            ThrowIfClosed();
            if (_iterators.Count > 0)
                Preserve(writes);
            Write(() => _store.Write(writes, position), position);
        }
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

    public void Clear()
    {
        lock (Turn)
        {
            ThrowIfClosed();
            var cleared = Write(_store.SetAside, StorePosition.None);
            if (_iterators.Count == 0)
            {
                _store.Discard(cleared);
                return;
            }

            var contents = new ClearedContents(_store, cleared, _iterators.Count);
            foreach (var iterator in _iterators)
                iterator.MoveTo(contents);
            _iterators.Clear();
        }
    }

    public void Dispose()
    {
        lock (Turn)
        {
            if (_closed)
                return;
            _closed = true;
            foreach (var iterator in _iterators)
                iterator.Close();
            _iterators.Clear();
            _store.Dispose();
        }
    }

    public void Forget(RedisIterator iterator)
    {
        lock (Turn)
            _iterators.Remove(iterator);
    }

    public void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_closed, typeof(IStorage));

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

    // Gives every iterator the values that the batch is about to replace.
    void Preserve(WriteBatch writes)
    {
        var keys = new List<byte[]>(writes.Count);
        for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
            keys.Add(sorted.Key.ToArray());
        foreach (var some in keys.Chunk(1000))
        {
            var values = _store.Read(Array.ConvertAll(some, key => Redis.Position.Entry(key)));
            foreach (var iterator in _iterators)
                iterator.Preserve(some, values);
        }
    }

    sealed record Known(StorePosition Position);
}

/// <summary>Contents that were cleared while iterators were on them, until the last of those is disposed.</summary>
sealed class ClearedContents(RedisStore store, ContentNames names, int users)
{
    int _users = users;

    public ContentNames Names => names;

    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            store.Discard(names);
    }
}
