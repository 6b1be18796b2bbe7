namespace GokaAkka.Storage;

/// <summary>Walks over one published state of a <see cref="ByteTree"/>.</summary>
sealed class ByteTreeIterator(ByteTreeNode? root, KeyRange range, Func<bool> isClosed) : IStorageIterator
{
    // The inner nodes on the way down and which child was taken; 64 to the power of 12 entries fill no machine.
    readonly ByteTreeNode[] _path = new ByteTreeNode[12];
    readonly int[] _taken = new int[12];
    int _depth;
    ByteTreeNode? _leaf;
    int _at = -1;
    bool _started;
    bool _disposed;

    public ReadOnlySpan<byte> Key => Current.Keys[_at];

    public ReadOnlySpan<byte> Value => Current.Values![_at];

    ByteTreeNode Current => _leaf is not null && _at >= 0
        ? _leaf
        : throw new InvalidOperationException("The iterator is on no key: call Next first and go on only while it returns true.");

    public bool Next()
    {
        ThrowIfClosed();
        if (!_started)
            MoveBefore(range.Start.Span);
        if (_leaf is null)
            return false;
        _at++;
        if ((_at < _leaf.Count || NextLeaf()) && (range.Limit is not { } limit || Key.SequenceCompareTo(limit.Span) < 0))
            return true;
        _leaf = null;
        return false;
    }

    public void Seek(ReadOnlySpan<byte> key)
    {
        ThrowIfClosed();
        MoveBefore(key.SequenceCompareTo(range.Start.Span) < 0 ? range.Start.Span : key);
    }

    public void Dispose()
    {
        _disposed = true;
        _leaf = null;
    }

    void MoveBefore(ReadOnlySpan<byte> key)
    {
        _started = true;
        _depth = 0;
        _leaf = root;
        while (_leaf is { Children: { } children })
        {
            _path[_depth] = _leaf;
            _taken[_depth] = _leaf.ChildFor(key);
            _leaf = children[_taken[_depth++]];
        }

        _at = _leaf is null ? -1 : _leaf.LowerBound(key, out _) - 1;
    }

    bool NextLeaf()
    {
        while (_depth > 0 && _taken[_depth - 1] == _path[_depth - 1].Count - 1)
            _depth--;
        if (_depth == 0)
            return false;
        _leaf = _path[_depth - 1].Children![++_taken[_depth - 1]];
        while (_leaf.Children is { } children)
        {
            _path[_depth] = _leaf;
            _taken[_depth++] = 0;
            _leaf = children[0];
        }

        _at = 0;
        return true;
    }

    void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ObjectDisposedException.ThrowIf(isClosed(), typeof(IStorage));
    }
}
