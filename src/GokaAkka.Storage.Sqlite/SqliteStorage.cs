namespace GokaAkka.Storage.Sqlite;

/// <summary>A table partition in an SQLite file: one connection writes, others read on snapshots beside it.</summary>
sealed class SqliteStorage : IStorage
{
    /// <summary>How long to wait for another program that looks into the file, in milliseconds.</summary>
    public const int LockWaitMilliseconds = 5_000;

    readonly StorePlace _place;
    readonly SqliteStorageOptions _options;
    readonly StoreLock _ownership;
    readonly Lock _writing = new();
    Writer _writer;
    volatile Published _published;

    public SqliteStorage(StorePlace place, SqliteStorageOptions options, StoreLock ownership)
    {
        _place = place;
        _options = options;
        _ownership = ownership;
        place.FinishDiscard();
        _writer = new Writer(place, options);
        _published = new Published(NewReaders(), 0, _writer.Position, _writer.Filter);
    }

    public StorePosition Position => Current.Position;

    public long? SizeBytes => _place.Size;

    Published Current
    {
        get
        {
            var published = _published;
            ObjectDisposedException.ThrowIf(published.IsClosed, this);
            return published;
        }
    }

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        var (readers, version, _, filter) = Current;
        if (filter?.MayContain(key) == false)
            return null;
        var reader = readers.Take(version);
        try
        {
            return reader.Get(key);
        }
        finally
        {
            readers.Give(reader);
        }
    }

    public bool Has(ReadOnlySpan<byte> key)
    {
        var (readers, version, _, filter) = Current;
        if (filter?.MayContain(key) == false)
            return false;
        var reader = readers.Take(version);
        try
        {
            return reader.Has(key);
        }
        finally
        {
            readers.Give(reader);
        }
    }

    public IStorageIterator Iterate(KeyRange range)
    {
        var (readers, version, _, _) = Current;
        var reader = readers.Take(version);
        try
        {
            reader.Pin();
            return new SqliteIterator(reader, readers, range);
        }
        catch
        {
            readers.Give(reader);
            throw;
        }
    }

    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        lock (_writing)
        {
            var current = Current;
            _writer.Apply(writes, position);
            _published = current.Next(position, _writer.Filter);
            if (!_writer.IsLogFull())
                return;
            current.Readers.ReleaseIdle();
            _writer.EmptyLog();
        }
    }

    public void Clear()
    {
        lock (_writing)
        {
            var current = Current;
            try
            {
                _writer.Clear();
                _published = current.Next(StorePosition.None, _writer.Filter);
                current.Readers.ReleaseIdle();
                _writer.EmptyLog();
            }
            catch (StorageException e) when (e is StorageCorruptException or DiskFullException)
            {
                StartOver(current);
            }
        }
    }

    public void Dispose()
    {
        lock (_writing)
        {
            if (_published.IsClosed)
                return;
            var current = _published;
            _published = current with { IsClosed = true };
            current.Readers.Dispose();
            try
            {
                _writer.MarkClosed();
                _writer.EmptyLog();
            }
            catch (StorageException)
            {
                // All batches are in the file or its log. The next owner takes it for a store left by a crash, which is right.
            }

            _writer.Dispose();
            _ownership.Dispose();
        }
    }

    // The file is too damaged to be cleared by its own means, or there is no room left to note in it that it is empty.
    void StartOver(Published current)
    {
        current.Readers.Dispose();
        _writer.Dispose();
        // Until there is a new writer the store is closed, so that a failure here leaves nothing half open.
        _published = current with { IsClosed = true };
        try
        {
            _place.Discard();
            _writer = new Writer(_place, _options);
        }
        catch
        {
            _ownership.Dispose();
            throw;
        }

        _published = new Published(NewReaders(), 0, _writer.Position, _writer.Filter);
    }

    ReaderPool NewReaders() => new(_place, _options);

    // What readers see: replaced as a whole, so that a position is never read with the contents of another.
    sealed record Published(ReaderPool Readers, long Version, StorePosition Position, KeyFilter? Filter)
    {
        public bool IsClosed { get; init; }

        public Published Next(StorePosition position, KeyFilter? filter) => new(Readers, Version + 1, position, filter);
    }
}
