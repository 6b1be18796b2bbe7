namespace GokaAkka.Storage.Redis;

/// <summary>A key and its value; null stands for an absent one.</summary>
readonly record struct StoredEntry(byte[] Key, byte[]? Value);

/// <summary>
/// Walks over a range page by page, since the server keeps no snapshot. Its snapshot is what the server has, with what was preserved here of the keys written
/// since. A page is read and a batch is written in turns, so that no write falls into a page.
/// </summary>
sealed class RedisIterator(RedisStorage storage, RedisStore store, KeyRange range) : RangeIterator(range)
{
    const int FirstPage = 100;
    const int LargestPage = 1000;
    const int PageBytes = 256 * 1024;

    readonly SortedSet<StoredEntry> _preserved = new(ByKey.Instance);
    readonly KeyRange _range = range;

    // All of the range, once the server has nothing of it any more; or why it could not be had.
    List<StoredEntry>? _all;
    StorageException? _lost;
    List<StoredEntry> _page = [];
    int _at;
    int _pageSize = FirstPage;
    byte[] _from = [];
    bool _isAfterFrom;
    bool _isLastPage;

    protected override ReadOnlySpan<byte> FoundKey => _page[_at].Key;

    protected override ReadOnlySpan<byte> FoundValue => _page[_at].Value;

    /// <summary>Keeps the values of keys as they are, unless a value was kept before. The caller has the turn.</summary>
    public void Preserve(byte[][] keys, byte[]?[] values)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            if (_range.Contains(keys[i]))
                _preserved.Add(new StoredEntry(keys[i], values[i]));
        }
    }

    /// <summary>Reads all of the range, which the server is about to lose. The caller has the turn.</summary>
    public void ReadAll()
    {
        try
        {
            var all = new List<StoredEntry>();
            for (List<StoredEntry>? page = null; page is null || page.Count == LargestPage; all.AddRange(page))
                page = store.ReadEntries(page is null ? _range.Start.ToArray() : page[^1].Key, page is not null, _range.Limit, LargestPage);
            AddPreserved(all, _range.Start.ToArray(), isAfter: false, last: null);
            _all = all;
        }
        catch (StorageException e)
        {
            _lost = e;
        }
    }

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
            lock (storage.Turn)
                ReadPage();
        }

        return true;
    }

    protected override void Release() => storage.Forget(this);

    protected override void ThrowIfStoreIsClosed() => storage.ThrowIfClosed();

    void ReadPage()
    {
        if (_lost is not null)
            throw _lost;
        _at = 0;
        if (_all is not null)
        {
            var index = _all.BinarySearch(new StoredEntry(_from, null), ByKey.Instance);
            _page = _all[(index < 0 ? ~index : _isAfterFrom ? index + 1 : index)..];
            _isLastPage = true;
            return;
        }

        var page = store.ReadEntries(_from, _isAfterFrom, _range.Limit, _pageSize);
        _isLastPage = page.Count < _pageSize;
        var last = _isLastPage ? null : page[^1].Key;
        if (last is not null)
            _pageSize = Math.Clamp((int)(PageBytes / Math.Max(1, page.Average(entry => entry.Key.Length + entry.Value!.Length))), 1, LargestPage);
        AddPreserved(page, _from, _isAfterFrom, last);
        _page = page;
        if (last is not null)
            (_from, _isAfterFrom) = (last, true);
    }

    // The page reaches to `last`, or to the end of the range for null.
    void AddPreserved(List<StoredEntry> page, byte[] from, bool isAfter, byte[]? last)
    {
        if (_preserved.Count == 0)
            return;
        page.RemoveAll(_preserved.Contains);
        var end = last ?? _preserved.Max.Key;
        // The upper end of a view must not be below its lower one.
        if (end.AsSpan().SequenceCompareTo(from) < 0)
            return;
        foreach (var entry in _preserved.GetViewBetween(new StoredEntry(from, null), new StoredEntry(end, null)))
        {
            if (entry.Value is not null && !(isAfter && entry.Key.AsSpan().SequenceEqual(from)))
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
