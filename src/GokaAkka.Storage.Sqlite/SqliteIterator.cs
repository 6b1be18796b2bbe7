namespace GokaAkka.Storage.Sqlite;

/// <summary>Walks over a range on the snapshot of a reader that is its own until it is disposed.</summary>
sealed class SqliteIterator(Reader reader, ReaderPool pool, KeyRange range) : IStorageIterator
{
    Statement? _blocks;
    int _at;
    int _count;
    bool _onEntry;
    bool _atEnd;
    bool _disposed;

    public ReadOnlySpan<byte> Key => Current.KeyAt(_at);

    public ReadOnlySpan<byte> Value => Current.ValueAt(_at);

    Block Current => _onEntry && !_disposed
        ? Loaded
        : throw new InvalidOperationException("The iterator is on no key: call Next first and go on only while it returns true.");

    Block Loaded => new(reader.Place, _blocks!.Bytes(2));

    public bool Next()
    {
        ThrowIfClosed();
        if (_blocks is null)
            Begin(range.Start.Span);
        if (_atEnd)
            return false;
        _at++;
        while (_at >= _count && _blocks!.Step())
        {
            _at = 0;
            _count = Loaded.Count;
        }

        _onEntry = _at < _count && (range.Limit is not { } limit || Loaded.KeyAt(_at).SequenceCompareTo(limit.Span) < 0);
        _atEnd = !_onEntry;
        // Read before anybody uses it: what is wrong is not told as a key either.
        if (_onEntry)
            _ = Value;
        return _onEntry;
    }

    public void Seek(ReadOnlySpan<byte> key)
    {
        ThrowIfClosed();
        _blocks?.Reset();
        _onEntry = false;
        Begin(key.SequenceCompareTo(range.Start.Span) < 0 ? range.Start.Span : key);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _blocks?.Reset();
        pool.Give(reader);
    }

    // Before the first entry that is not less than the key.
    void Begin(ReadOnlySpan<byte> key)
    {
        _blocks = reader.Scan(key);
        _count = 0;
        _at = -1;
        _atEnd = !_blocks.Step();
        if (_atEnd)
            return;
        _count = Loaded.Count;
        _at = Loaded.Find(key, out _) - 1;
    }

    void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ObjectDisposedException.ThrowIf(pool.IsClosed, typeof(IStorage));
    }
}
