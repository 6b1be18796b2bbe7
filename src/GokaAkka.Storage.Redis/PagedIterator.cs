namespace GokaAkka.Storage.Redis;

/// <summary>
/// Walks over a range page by page. Its snapshot is what the source holds, with what was preserved here of the keys written since. Reading a page
/// and writing a batch take turns, so that no write falls between the two.
/// </summary>
sealed class PagedIterator(PagedIterators owner, IPageSource contents, KeyRange range) : IStorageIterator
{
    const int FirstPage = 100;
    const int LargestPage = 1000;
    const int PageBytes = 256 * 1024;

    readonly SortedSet<StoredEntry> _preserved = new(ByKey.Instance);
    IPageSource _contents = contents;
    Action? _leaveCleared;
    List<StoredEntry> _page = [];
    int _at = -1;
    int _pageSize = FirstPage;
    byte[] _from = range.Start.ToArray();
    bool _isAfterFrom;
    bool _atEnd;
    bool _disposed;

    public ReadOnlySpan<byte> Key => Current.Key;

    public ReadOnlySpan<byte> Value => Current.Value;

    StoredEntry Current => _at >= 0 && _at < _page.Count && !_disposed
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
            lock (owner.Turn)
                ReadPage();
        }

        return true;
    }

    public void Seek(ReadOnlySpan<byte> key)
    {
        ThrowIfClosed();
        _from = (key.SequenceCompareTo(range.Start.Span) < 0 ? range.Start.Span : key).ToArray();
        _isAfterFrom = _atEnd = false;
        _page = [];
        _at = -1;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        owner.Leave(this);
        _leaveCleared?.Invoke();
    }

    /// <summary>Keeps the values of keys as they are, unless a value was kept before. The caller holds the turn.</summary>
    public void Preserve(byte[][] keys, byte[]?[] values)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            if (range.Contains(keys[i]))
                _preserved.Add(new StoredEntry(keys[i], values[i]));
        }
    }

    /// <summary>Goes on with contents that are elsewhere now. The caller holds the turn.</summary>
    public void MoveTo(IPageSource cleared, Action leave)
    {
        _contents = cleared;
        _leaveCleared = leave;
    }

    void ReadPage()
    {
        var page = _contents.ReadPage(_from, _isAfterFrom, range.Limit, _pageSize);
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

    // The page reaches to `last`, or to the end of the range for null.
    void AddPreserved(List<StoredEntry> page, byte[]? last)
    {
        if (_preserved.Count == 0)
            return;
        page.RemoveAll(_preserved.Contains);
        var end = last ?? _preserved.Max.Key;
        // The upper end of a view must not be below its lower one.
        if (end.AsSpan().SequenceCompareTo(_from) < 0)
            return;
        foreach (var entry in _preserved.GetViewBetween(new StoredEntry(_from, null), new StoredEntry(end, null)))
        {
            if (entry.Value is not null && !(_isAfterFrom && entry.Key.AsSpan().SequenceEqual(_from)))
                page.Add(entry);
        }

        page.Sort(ByKey.Instance);
    }

    void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ObjectDisposedException.ThrowIf(owner.IsClosed, typeof(IStorage));
    }

    sealed class ByKey : IComparer<StoredEntry>
    {
        public static readonly ByKey Instance = new();

        public int Compare(StoredEntry x, StoredEntry y) => x.Key.AsSpan().SequenceCompareTo(y.Key);
    }
}
