namespace GokaAkka.Tables;

/// <summary>A store's snapshot with changes that are not in the store yet laid over it; null stands for a removed key.</summary>
sealed class OverlayIterator : IStorageIterator
{
    readonly IStorageIterator _stored;
    readonly SortedList<Key, byte[]?> _overlay;
    int _at;
    bool _storedAhead;
    bool _onOverlay;
    bool _started;

    public OverlayIterator(IStorageIterator stored, SortedList<Key, byte[]?> overlay)
    {
        _stored = stored;
        _overlay = overlay;
        _storedAhead = stored.Next();
    }

    public ReadOnlySpan<byte> Key => _onOverlay ? OverlayKey : _stored.Key;

    public ReadOnlySpan<byte> Value => _onOverlay ? _overlay.GetValueAtIndex(_at) : _stored.Value;

    bool OverlayAhead => _at < _overlay.Count;

    ReadOnlySpan<byte> OverlayKey => _overlay.GetKeyAtIndex(_at).Span;

    public bool Next()
    {
        if (_started)
            StepPast();
        _started = true;
        while (OverlayAhead)
        {
            var order = _storedAhead ? OverlayKey.SequenceCompareTo(_stored.Key) : -1;
            _onOverlay = order <= 0;
            if (!_onOverlay)
                return true;
            // The same key in both: the overlay is newer.
            if (order == 0)
                _storedAhead = _stored.Next();
            if (_overlay.GetValueAtIndex(_at) is not null)
                return true;
            _at++;
        }

        _onOverlay = false;
        return _storedAhead;
    }

    public void Seek(ReadOnlySpan<byte> key)
    {
        _stored.Seek(key);
        _storedAhead = _stored.Next();
        _at = 0;
        while (OverlayAhead && OverlayKey.SequenceCompareTo(key) < 0)
            _at++;
        _started = false;
    }

    public void Dispose() => _stored.Dispose();

    void StepPast()
    {
        if (_onOverlay)
            _at++;
        else if (_storedAhead)
            _storedAhead = _stored.Next();
    }
}
