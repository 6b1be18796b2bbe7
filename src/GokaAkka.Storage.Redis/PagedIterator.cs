namespace GokaAkka.Storage.Redis;

/// <summary>
/// Walks over a range page by page. Its snapshot is what the source holds, with what was preserved here of the keys written since. Reading a page
/// and writing a batch take turns, so that no write falls between the two.
/// </summary>
sealed class PagedIterator(PagedIterators owner, RedisPages contents, KeyRange range) : RangeIterator(range)
{
    const int FirstPage = 100;
    const int LargestPage = 1000;
    const int PageBytes = 256 * 1024;

    readonly SortedSet<StoredEntry> _preserved = new(ByKey.Instance);
    readonly KeyRange _range = range;
    RedisPages _contents = contents;
    Action? _leaveCleared;
    List<StoredEntry> _page = [];
    int _at;
    int _pageSize = FirstPage;
    byte[] _from = [];
    bool _isAfterFrom;
    bool _isLastPage;

    protected override ReadOnlySpan<byte> FoundKey => _page[_at].Key;

    protected override ReadOnlySpan<byte> FoundValue => _page[_at].Value;

    protected override bool Find(ReadOnlySpan<byte> key)
    {
        _from = key.ToArray();
        _isAfterFrom = _isLastPage = false;
        (_page, _at) = ([], -1);
        return FindNext();
    }

    protected override bool FindNext()
    {
        _at++;
        while (_at == _page.Count)
        {
            if (_isLastPage)
                return false;
            lock (owner.Turn)
                ReadPage();
        }

        return true;
    }

    protected override void Release()
    {
        owner.Leave(this);
        _leaveCleared?.Invoke();
    }

    protected override void ThrowIfStoreIsClosed() => ObjectDisposedException.ThrowIf(owner.IsClosed, typeof(IStorage));

    /// <summary>Keeps the values of keys as they are, unless a value was kept before. The caller holds the turn.</summary>
    public void Preserve(byte[][] keys, byte[]?[] values)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            if (_range.Contains(keys[i]))
                _preserved.Add(new StoredEntry(keys[i], values[i]));
        }
    }

    /// <summary>Goes on with contents that are elsewhere now. The caller holds the turn.</summary>
    public void MoveTo(RedisPages cleared, Action leave)
    {
        _contents = cleared;
        _leaveCleared = leave;
    }

    void ReadPage()
    {
        var page = _contents.ReadPage(_from, _isAfterFrom, _range.Limit, _pageSize);
        _isLastPage = page.Count < _pageSize;
        var last = _isLastPage ? null : page[^1].Key;
        if (!_isLastPage)
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

    sealed class ByKey : IComparer<StoredEntry>
    {
        public static readonly ByKey Instance = new();

        public int Compare(StoredEntry x, StoredEntry y) => x.Key.AsSpan().SequenceCompareTo(y.Key);
    }
}
