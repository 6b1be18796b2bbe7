using StackExchange.Redis;

namespace GokaAkka.Storage.Redis;

/// <summary>
/// Walks over a range page by page. Its snapshot is what the server holds, with what was preserved here of the keys written since. Reading a page
/// and writing a batch take turns, so that no write falls between the two.
/// </summary>
sealed class RedisIterator : IStorageIterator
{
    const int FirstPage = 100;
    const int LargestPage = 1000;
    const int PageBytes = 256 * 1024;

    readonly RedisStorage _storage;
    readonly RedisStore _store;
    readonly KeyRange _range;
    readonly SortedSet<Entry> _preserved = new(ByKey.Instance);
    ContentNames _contents;
    ClearedContents? _cleared;
    List<Entry> _page = [];
    int _at = -1;
    int _pageSize = FirstPage;
    byte[] _from;
    bool _isAfterFrom;
    bool _atEnd;
    bool _disposed;

    public RedisIterator(RedisStorage storage, RedisStore store, KeyRange range)
    {
        _storage = storage;
        _store = store;
        _range = range;
        _contents = store.Names.Contents;
        _from = range.Start.ToArray();
    }

    public ReadOnlySpan<byte> Key => Current.Key;

    public ReadOnlySpan<byte> Value => Current.Value;

    Entry Current => _at >= 0 && _at < _page.Count && !_disposed
        ? _page[_at]
        : throw new InvalidOperationException("The iterator is on no key: call Next first and go on only while it returns true.");

    public bool Next()
    {
        ThrowIfClosed();
        _at = Math.Min(_at + 1, _page.Count);
        while (_at == _page.Count)
        {
            if (_atEnd)
                return false;
            ReadPage();
        }

        return true;
    }

    public void Seek(ReadOnlySpan<byte> key)
    {
        ThrowIfClosed();
        _from = (key.SequenceCompareTo(_range.Start.Span) < 0 ? _range.Start.Span : key).ToArray();
        _isAfterFrom = _atEnd = false;
        _page = [];
        _at = -1;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        Close();
        _storage.Forget(this);
        try
        {
            Interlocked.Exchange(ref _cleared, null)?.Leave();
        }
        catch (StorageException)
        {
            // What was cleared goes by itself after a day.
        }
    }

    /// <summary>Ends the iteration; the store is closed.</summary>
    public void Close() => _disposed = true;

    /// <summary>Keeps the values of keys as they are, null for an absent one, unless a value was kept before. The caller holds the lock.</summary>
    public void Preserve(byte[][] keys, byte[]?[] values)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            if (_range.Contains(keys[i]))
                _preserved.Add(new Entry(keys[i], values[i]));
        }
    }

    /// <summary>Goes on with contents that were given another name. The caller holds the lock.</summary>
    public void MoveTo(ClearedContents cleared)
    {
        _contents = cleared.Names;
        _cleared = cleared;
    }

    void ReadPage()
    {
        lock (_storage.Turn)
        {
            var to = _range.Limit is { } limit ? Bound('(', limit.Span) : (RedisValue)"+";
            var read = _store.ReadEntries(_contents, Bound(_isAfterFrom ? '(' : '[', _from), to, _pageSize);
            var page = new List<Entry>(read.Length / 2);
            for (var i = 0; i < read.Length; i += 2)
                page.Add(new Entry(read[i], read[i + 1]));
            _atEnd = page.Count < _pageSize;
            var last = _atEnd ? null : page[^1].Key;
            if (!_atEnd)
                _pageSize = Math.Clamp((int)(PageBytes / Math.Max(1, page.Average(entry => entry.Key.Length + entry.Value!.Length))), 1, LargestPage);
            AddPreserved(page, last);
            _page = page;
            _at = 0;
            if (last is not null)
                (_from, _isAfterFrom) = (last, true);
        }
    }

    // The page reaches to `last`, or to the end of the range for null.
    void AddPreserved(List<Entry> page, byte[]? last)
    {
        if (_preserved.Count == 0)
            return;
        page.RemoveAll(_preserved.Contains);
        foreach (var entry in _preserved.GetViewBetween(new Entry(_from, null), last is null ? _preserved.Max.OrAt(_from) : new Entry(last, null)))
        {
            if (entry.Value is not null && !(_isAfterFrom && entry.Key.AsSpan().SequenceEqual(_from)))
                page.Add(entry);
        }

        page.Sort(ByKey.Instance);
    }

    void ThrowIfClosed()
    {
        _storage.ThrowIfClosed();
        ObjectDisposedException.ThrowIf(_disposed, this);
    }

    static RedisValue Bound(char kind, ReadOnlySpan<byte> key)
    {
        var bound = new byte[key.Length + 1];
        bound[0] = (byte)kind;
        key.CopyTo(bound.AsSpan(1));
        return bound;
    }

    readonly record struct Entry(byte[] Key, byte[]? Value)
    {
        /// <summary>This entry, or one at <paramref name="key"/> where that comes later: the upper end of a view must not be below its lower one.</summary>
        public Entry OrAt(byte[] key) => Key.AsSpan().SequenceCompareTo(key) < 0 ? new Entry(key, null) : this;
    }

    sealed class ByKey : IComparer<Entry>
    {
        public static readonly ByKey Instance = new();

        public int Compare(Entry x, Entry y) => x.Key.AsSpan().SequenceCompareTo(y.Key);
    }
}
