namespace GokaAkka.Storage.Sqlite;

/// <summary>Walks over a range on the snapshot of a reader that is its own until it is disposed.</summary>
sealed class SqliteIterator(Reader reader, ReaderPool pool, KeyRange range) : IStorageIterator
{
    Statement? _rows;
    bool _onRow;
    bool _atEnd;
    bool _disposed;

    public ReadOnlySpan<byte> Key => Row.Bytes(0);

    public ReadOnlySpan<byte> Value => Row.Bytes(1);

    Statement Row => _onRow && !_disposed
        ? _rows!
        : throw new InvalidOperationException("The iterator is on no key: call Next first and go on only while it returns true.");

    public bool Next()
    {
        ThrowIfClosed();
        if (_atEnd)
            return false;
        _rows ??= reader.Scan(range.Start.Span, range.Limit);
        _onRow = _rows.Step();
        _atEnd = !_onRow;
        if (_onRow && _rows.Number(2) != EntryChecksum.Of(Key, Value))
            throw Verifier.WrongEntry(reader.Place, Key);
        return _onRow;
    }

    public void Seek(ReadOnlySpan<byte> key)
    {
        ThrowIfClosed();
        _rows?.Reset();
        _onRow = _atEnd = false;
        _rows = reader.Scan(key.SequenceCompareTo(range.Start.Span) < 0 ? range.Start.Span : key, range.Limit);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _rows?.Reset();
        pool.Give(reader);
    }

    void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ObjectDisposedException.ThrowIf(pool.IsClosed, typeof(IStorage));
    }
}
