namespace GokaAkka.Storage;

/// <summary>What iterators of stores have in common: they stay within a range and at their end, and end with their store.</summary>
/// <param name="range">The range.</param>
abstract class RangeIterator(KeyRange range) : IStorageIterator
{
    // Where to begin, until it has begun.
    byte[]? _from = range.Start.ToArray();
    State _state;

    enum State
    {
        BeforeFirst,
        OnKey,
        AtEnd,
        Disposed,
    }

    public ReadOnlySpan<byte> Key => _state == State.OnKey ? FoundKey : throw OnNoKey();

    public ReadOnlySpan<byte> Value => _state == State.OnKey ? FoundValue : throw OnNoKey();

    /// <summary>The key of the entry that was found last.</summary>
    protected abstract ReadOnlySpan<byte> FoundKey { get; }

    /// <summary>The value of the entry that was found last.</summary>
    protected abstract ReadOnlySpan<byte> FoundValue { get; }

    public bool Next()
    {
        ThrowIfClosed();
        if (_state == State.AtEnd)
            return false;
        var isFound = _from is { } from ? Find(from) : FindNext();
        _from = null;
        _state = isFound && (range.Limit is not { } limit || FoundKey.SequenceCompareTo(limit.Span) < 0) ? State.OnKey : State.AtEnd;
        return _state == State.OnKey;
    }

    public void Seek(ReadOnlySpan<byte> key)
    {
        ThrowIfClosed();
        _from = (key.SequenceCompareTo(range.Start.Span) < 0 ? range.Start.Span : key).ToArray();
        _state = State.BeforeFirst;
    }

    public void Dispose()
    {
        if (_state == State.Disposed)
            return;
        _state = State.Disposed;
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Finds the first entry at or after a key. False when there is none.</summary>
    protected abstract bool Find(ReadOnlySpan<byte> key);

    /// <summary>Finds the entry after the one that was found last. False when there is none.</summary>
    protected abstract bool FindNext();

    /// <summary>Lets the snapshot go.</summary>
    protected abstract void Release();

    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    protected abstract void ThrowIfStoreIsClosed();

    static InvalidOperationException OnNoKey() =>
        new("The iterator is on no key: call Next first and go on only while it returns true.");

    void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        ThrowIfStoreIsClosed();
    }
}
