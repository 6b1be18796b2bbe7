namespace GokaAkka.Storage.RocksDb;

/// <summary>A table partition in RocksDB. Its position lies among the entries and is written with them, so that a crash loses both or none.</summary>
sealed class RocksDbStorage : IStorage
{
    const int Format = 1;

    readonly Func<RocksDbFile> _open;
    readonly StorePlace _place;
    readonly StoreLock _ownership;
    readonly Timer _flushing;
    readonly Lock _writing = new();
    readonly RocksDbSharp.WriteBatch _batch = new();
    volatile RocksDbFile _file;
    volatile Known _known;
    bool _isDirty;
    bool _isClosed;

    public RocksDbStorage(Func<RocksDbFile> open, StorePlace place, StoreLock ownership, TimeSpan flushInterval)
    {
        (_open, _place, _ownership) = (open, place, ownership);
        _file = open();
        try
        {
            _known = new Known(ReadPosition());
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        _flushing = new Timer(_ => Flush(), null, flushInterval, flushInterval);
    }

    public StorePosition Position
    {
        get
        {
            _file.ThrowIfClosed();
            return _known.Position;
        }
    }

    public long? SizeBytes => _place.Size;

    public byte[]? Get(ReadOnlySpan<byte> key) => _file.Get(RocksDbKey.Of(key, stackalloc byte[RocksDbKey.Room]));

    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        lock (_writing)
        {
            _file.ThrowIfClosed();
            Span<byte> buffer = stackalloc byte[RocksDbKey.Room];
            _batch.Clear();
            // RocksDB puts what comes in order faster.
            for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
            {
                var stored = RocksDbKey.Of(sorted.Key, buffer);
                if (sorted.IsDelete)
                    _batch.Delete(stored);
                else
                    _batch.Put(stored, sorted.Value);
            }

            Write(position);
        }
    }

    public IStorageIterator Iterate(KeyRange range) => _file.Iterate(range);

    public void Clear()
    {
        lock (_writing)
        {
            _file.ThrowIfClosed();
            if (_file.HasIterators)
            {
                // They show what there was.
                _batch.Clear();
                _batch.DeleteRange(RocksDbKey.First, 1, RocksDbKey.BehindLast, 1);
                Write(StorePosition.None);
            }
            else
            {
                _file.Dispose();
                _place.Discard();
                _file = _open();
                _known = new Known(ReadPosition());
            }

            _file.Flush();
        }
    }

    public void Dispose()
    {
        lock (_writing)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _flushing.Dispose();
            _file.Dispose();
            _batch.Dispose();
            _ownership.Dispose();
        }
    }

    void Write(StorePosition position)
    {
        _batch.Put(RocksDbKey.Mark, new StoreMark(position).Encode(_place.Id, Format));
        _file.Write(_batch);
        _known = new Known(position);
        _isDirty = true;
    }

    // A new store is given a mark; one that has entries and none is of somebody else.
    StorePosition ReadPosition()
    {
        if (_file.Get(RocksDbKey.Mark) is { } mark)
            return StoreMark.Decode(mark, _place, Format).Position;
        using var entries = _file.Iterate(KeyRange.All);
        if (entries.Next())
            throw _place.Corrupt("it has entries, but nothing says whose they are");
        _batch.Clear();
        Write(StorePosition.None);
        return StorePosition.None;
    }

    // Now and then, on a pool thread: a store that is not written to would keep its last batches in memory for ever.
    void Flush()
    {
        if (!_writing.TryEnter())
            return;
        try
        {
            if (_isClosed || !_isDirty)
                return;
            _file.Flush();
            _isDirty = false;
        }
        catch (StorageException)
        {
            // The next batch is refused for the same reason, and whoever writes it hears of it.
        }
        finally
        {
            _writing.Exit();
        }
    }

    sealed record Known(StorePosition Position);
}
