using GokaAkka.Codecs;
using GokaAkka.Records;
using GokaAkka.Storage;

namespace GokaAkka.Tables;

/// <summary>
/// Walks over a table in byte order of keys, on a snapshot: starts before the first key. Used by one thread; dispose it.
/// </summary>
/// <remarks>goka's <c>Iterator</c>. The store's snapshot with changes that are not in the store yet laid over it.</remarks>
/// <typeparam name="T">The type of the table's values.</typeparam>
public sealed class TableIterator<T> : IDisposable
{
    readonly IStorageIterator _stored;
    readonly SortedList<Key, byte[]?> _overlay;
    readonly ICodec<T> _codec;
    int _overlayAt;
    bool _storedAhead;
    bool _onOverlay;

    internal TableIterator(IStorageIterator stored, SortedList<Key, byte[]?> overlay, ICodec<T> codec)
    {
        _stored = stored;
        _overlay = overlay;
        _codec = codec;
        _storedAhead = stored.Next();
    }

    bool OverlayAhead => _overlayAt < _overlay.Count;

    bool _started;

    /// <summary>The current key's bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> KeyBytes => _onOverlay ? _overlay.GetKeyAtIndex(_overlayAt).Span : _stored.Key;

    /// <summary>The current key, a copy.</summary>
    public Key Key => Key.Copy(KeyBytes);

    /// <summary>The current value's bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> ValueBytes => _onOverlay ? _overlay.GetValueAtIndex(_overlayAt) : _stored.Value;

    /// <summary>The current value, decoded.</summary>
    public T Value => _codec.Decode(ValueBytes);

    /// <summary>Moves to the next key. False at the end.</summary>
    public bool Next()
    {
        if (_started)
            StepPast();
        _started = true;
        while (true)
        {
            if (!OverlayAhead)
            {
                _onOverlay = false;
                return _storedAhead;
            }

            var order = _storedAhead ? _overlay.GetKeyAtIndex(_overlayAt).Span.SequenceCompareTo(_stored.Key) : -1;
            if (order > 0)
            {
                _onOverlay = false;
                return true;
            }

            // The same key in both: the overlay is newer.
            if (order == 0)
                _storedAhead = _stored.Next();
            _onOverlay = true;
            if (_overlay.GetValueAtIndex(_overlayAt) is not null)
                return true;
            _overlayAt++;
        }
    }

    /// <summary>Moves before the first key at or after <paramref name="key"/>: <see cref="Next"/> goes to it.</summary>
    public void Seek(Key key)
    {
        _stored.Seek(key.Span);
        _storedAhead = _stored.Next();
        _overlayAt = 0;
        while (OverlayAhead && _overlay.GetKeyAtIndex(_overlayAt).CompareTo(key) < 0)
            _overlayAt++;
        _started = false;
    }

    /// <summary>Lets the snapshot go.</summary>
    public void Dispose() => _stored.Dispose();

    void StepPast()
    {
        if (_onOverlay)
            _overlayAt++;
        else if (_storedAhead)
            _storedAhead = _stored.Next();
    }
}
