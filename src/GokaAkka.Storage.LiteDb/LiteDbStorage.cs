namespace GokaAkka.Storage.LiteDb;

/// <summary>A table partition in a LiteDB file.</summary>
/// <remarks>
/// LiteDB's own cursors belong to the thread that opened them and hold its log back while they are open, so iterators read page by page.
/// After an error of the disk its engine is closed: the next call opens it again.
/// </remarks>
sealed class LiteDbStorage : IStorage
{
    readonly StorePlace _place;
    readonly LiteDbStorageOptions _options;
    readonly StoreLock _ownership;
    readonly PagedIterators _iterators = new();

    // LiteDB takes no more than 100 transactions at a time, and each read is one.
    readonly SemaphoreSlim _turns = new(64);
    volatile Database? _database;
    volatile Known _known;

    public LiteDbStorage(StorePlace place, LiteDbStorageOptions options, StoreLock ownership)
    {
        _place = place;
        _options = options;
        _ownership = ownership;
        _database = new Database(place, options, isFirst: true);
        _known = new Known(_database.State.Position);
    }

    public StorePosition Position
    {
        get
        {
            ThrowIfClosed();
            return _known.Position;
        }
    }

    public long? SizeBytes => _place.Size;

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        var copy = key.ToArray();
        return Call("read a key", database => database.Entries.Get(copy));
    }

    public bool Has(ReadOnlySpan<byte> key) => Get(key) is not null;

    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        lock (_iterators.Turn)
        {
            Call("take a batch", database =>
            {
                _iterators.Preserve(writes, keys => Array.ConvertAll(keys, database.Entries.Get));
                database.Apply(writes, position);
                return true;
            });
            _known = new Known(position);
        }
    }

    public IStorageIterator Iterate(KeyRange range)
    {
        ThrowIfClosed();
        lock (_iterators.Turn)
            return _iterators.Open(new Pages(this, Call("be iterated over", database => database.Entries.Name)), range);
    }

    public void Clear()
    {
        lock (_iterators.Turn)
        {
            try
            {
                var cleared = Call("be cleared", database => database.SetAside());
                _iterators.SetAside(new Pages(this, cleared.Name), () => Call("be cleared", database => database.Discard(cleared.Name)));
            }
            catch (StorageCorruptException)
            {
                // Too damaged to be cleared by its own means.
                CloseDatabase();
                _place.Discard();
                _iterators.SetAside(new Gone(_place), () => { });
            }

            _known = new Known(StorePosition.None);
        }
    }

    public void Dispose()
    {
        lock (_iterators.Turn)
        {
            if (_iterators.IsClosed)
                return;
            _iterators.Close();
            try
            {
                _database?.MarkClosed();
            }
            catch (StorageException)
            {
                // All batches are in the file or its log. The next owner takes it for a store left by a crash, which is right.
            }

            CloseDatabase();
            _ownership.Dispose();
        }
    }

    void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_iterators.IsClosed, this);

    T Call<T>(string what, Func<Database, T> call)
    {
        ThrowIfClosed();
        _turns.Wait();
        var database = _database;
        try
        {
            database ??= Reopen();
            return _place.Call(what, () => call(database));
        }
        catch (Exception e) when (e is StorageException or ObjectDisposedException)
        {
            // An engine that is closed under a call throws this and that.
            ThrowIfClosed();
            if (e is StorageCorruptException)
                throw;
            if (database is not null)
                Abandon(database);
            throw e as StorageException ?? new StorageException($"{_place} could not {what}: an error of the disk has closed it. Try again.", e);
        }
        finally
        {
            _turns.Release();
        }
    }

    // LiteDB closes itself at an error of the disk.
    void Abandon(Database database)
    {
        lock (_iterators.Turn)
        {
            if (_database == database)
                CloseDatabase();
        }
    }

    Database Reopen()
    {
        lock (_iterators.Turn)
        {
            ThrowIfClosed();
            return _database ??= new Database(_place, _options, isFirst: false);
        }
    }

    void CloseDatabase()
    {
        _database?.Dispose();
        _database = null;
    }

    sealed record Known(StorePosition Position);

    // Names its collection rather than holding it, since the engine may be opened anew under it.
    sealed class Pages(LiteDbStorage storage, string collection) : IPageSource
    {
        public List<StoredEntry> ReadPage(byte[] from, bool isAfter, ReadOnlyMemory<byte>? limit, int count) =>
            storage.Call("be iterated over", database => database.EntriesIn(collection).ReadPage(from, isAfter, limit, count));
    }

    // What an iterator was on when its store was too damaged even to be cleared.
    sealed class Gone(StorePlace place) : IPageSource
    {
        public List<StoredEntry> ReadPage(byte[] from, bool isAfter, ReadOnlyMemory<byte>? limit, int count) =>
            throw place.Corrupt("it was cleared because it was damaged, and the iterator's contents with it");
    }
}
