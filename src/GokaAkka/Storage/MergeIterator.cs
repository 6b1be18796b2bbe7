namespace GokaAkka.Storage;

/// <summary>
/// Walks over several iterators as over one, in byte order: those of a table's partitions. A key that several of them have comes once from
/// each, in the order in which they were given.
/// </summary>
/// <remarks>goka's <c>storage.NewMultiIterator</c>. The sources are its own: it disposes them. Hot path: nothing is allocated.</remarks>
public sealed class MergeIterator : IStorageIterator
{
    readonly IStorageIterator[] _sources;

    // A binary heap of the sources that are on a key, the least key first.
    readonly int[] _heap;
    int _count;
    State _state;

    /// <summary>Merges iterators that have not been moved yet.</summary>
    public MergeIterator(IEnumerable<IStorageIterator> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        _sources = [.. sources];
        _heap = new int[_sources.Length];
    }

    enum State
    {
        BeforeFirst,
        OnKey,
        Disposed,
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Key => Current.Key;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Value => Current.Value;

    IStorageIterator Current => _state == State.OnKey && _count > 0
        ? _sources[_heap[0]]
        : throw new InvalidOperationException("The iterator is on no key: call Next first and go on only while it returns true.");

    /// <inheritdoc/>
    public bool Next()
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        if (_state == State.BeforeFirst)
        {
            Start();
        }
        else if (_count > 0)
        {
            if (!_sources[_heap[0]].Next())
                _heap[0] = _heap[--_count];
            SiftDown(0);
        }

        return _count > 0;
    }

    /// <inheritdoc/>
    public void Seek(ReadOnlySpan<byte> key)
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        foreach (var source in _sources)
            source.Seek(key);
        _state = State.BeforeFirst;
    }

    /// <summary>Disposes all sources.</summary>
    public void Dispose()
    {
        if (_state == State.Disposed)
            return;
        _state = State.Disposed;
        foreach (var source in _sources)
            source.Dispose();
    }

    void Start()
    {
        _count = 0;
        for (var i = 0; i < _sources.Length; i++)
        {
            if (_sources[i].Next())
                _heap[_count++] = i;
        }

        for (var i = (_count / 2) - 1; i >= 0; i--)
            SiftDown(i);
        _state = State.OnKey;
    }

    void SiftDown(int at)
    {
        while (true)
        {
            var least = at;
            for (var child = (2 * at) + 1; child <= (2 * at) + 2 && child < _count; child++)
            {
                if (IsBefore(_heap[child], _heap[least]))
                    least = child;
            }

            if (least == at)
                return;
            (_heap[at], _heap[least]) = (_heap[least], _heap[at]);
            at = least;
        }
    }

    bool IsBefore(int left, int right) =>
        _sources[left].Key.SequenceCompareTo(_sources[right].Key) is var order && (order < 0 || (order == 0 && left < right));
}
