namespace GokaAkka.Storage;

/// <summary>The file, or folder, of a table partition that an engine has open.</summary>
interface IEngineFile : IDisposable
{
    /// <summary>What is stored under a key of the engine's; null for nothing. Any thread.</summary>
    byte[]? Find(ReadOnlySpan<byte> stored);

    /// <summary>Iterates on a snapshot. Any thread.</summary>
    EngineIterator Iterate(KeyRange range);

    /// <summary>Lets nobody begin anything any more, and ends the iterators and what waits for them.</summary>
    void BeginClose();

    /// <exception cref="ObjectDisposedException">It is closed, or about to be.</exception>
    void ThrowIfClosed();
}

/// <summary>
/// A table partition in an engine that keeps entries in key order and writes some of them in one step. Its mark with the position lies among the entries,
/// under <see cref="StoredKey.Mark"/>, and is written with them.
/// </summary>
abstract class EngineStorage<TFile> : IStorage
    where TFile : class, IEngineFile
{
    const int Format = 1;

    readonly Func<TFile> _open;
    readonly StoreLock _ownership;
    readonly Lock _writing = new();
    volatile TFile _file;
    volatile Known _known = new(StorePosition.None);
    bool _isClosed;

    protected EngineStorage(Func<TFile> open, StorePlace place, StoreLock ownership)
    {
        (_open, Place, _ownership) = (open, place, ownership);
        _file = open();
        try
        {
            ReadPosition();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public StorePosition Position
    {
        get
        {
            _file.ThrowIfClosed();
            return _known.Position;
        }
    }

    public long? SizeBytes => Place.Size;

    /// <summary>Whose it is and where.</summary>
    protected StorePlace Place { get; }

    /// <summary>What is open now: another one after the store was cleared.</summary>
    protected TFile File => _file;

    public abstract byte[]? Get(ReadOnlySpan<byte> key);

    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        lock (_writing)
            Write(writes, position);
    }

    public IStorageIterator Iterate(KeyRange range) => _file.Iterate(range);

    public void Clear()
    {
        lock (_writing)
        {
            _file.ThrowIfClosed();
            if (TryEmpty(MarkOf(StorePosition.None)))
            {
                _known = new Known(StorePosition.None);
                return;
            }

            _file.Dispose();
            Place.Discard();
            _file = _open();
            ReadPosition();
        }
    }

    public void Dispose()
    {
        _file.BeginClose();
        lock (_writing)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            Close();
            _file.Dispose();
            _ownership.Dispose();
        }
    }

    /// <summary>Writes a batch and the mark in one step, or nothing.</summary>
    protected abstract void Write(WriteBatch writes, byte[] mark);

    /// <summary>Removes all entries, under open iterators too, and writes the mark. False where the files had better be removed.</summary>
    protected abstract bool TryEmpty(byte[] mark);

    /// <summary>The store is closed. Nothing is written any more.</summary>
    protected virtual void Close()
    {
    }

    /// <summary>Does something while nobody writes; nothing where somebody does, or the store is closed.</summary>
    protected void TryBetweenBatches(Action use)
    {
        if (!_writing.TryEnter())
            return;
        try
        {
            if (!_isClosed)
                use();
        }
        finally
        {
            _writing.Exit();
        }
    }

    byte[] MarkOf(StorePosition position) => new StoreMark(position).Encode(Place.Id, Format);

    void Write(WriteBatch writes, StorePosition position)
    {
        _file.ThrowIfClosed();
        Write(writes, MarkOf(position));
        _known = new Known(position);
    }

    // A new store is given a mark; one that has entries and none is of somebody else.
    void ReadPosition()
    {
        if (_file.Find(StoredKey.Mark) is { } mark)
        {
            _known = new Known(StoreMark.Decode(mark, Place, Format).Position);
            return;
        }

        using (var entries = _file.Iterate(KeyRange.All))
        {
            if (entries.Next())
                throw Place.Corrupt("it has entries, but nothing says whose they are");
        }

        using var nothing = new WriteBatch();
        Write(nothing, StorePosition.None);
    }

    sealed record Known(StorePosition Position);
}
