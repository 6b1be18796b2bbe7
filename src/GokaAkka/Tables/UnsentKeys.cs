namespace GokaAkka.Tables;

/// <summary>The keys of a table whose newest value is not in the changelog yet. Used by the partition's thread.</summary>
sealed class UnsentKeys<T>
{
    List<CacheEntry<T>> _entries = [];
    List<CacheEntry<T>> _spare = [];

    /// <summary>A key was changed.</summary>
    public void Add(CacheEntry<T> entry)
    {
        if (entry.IsUnsent)
            return;
        entry.IsUnsent = true;
        _entries.Add(entry);
    }

    /// <summary>Takes them all, in the order of their first change. What is returned is good until the next call.</summary>
    public List<CacheEntry<T>> Take()
    {
        var taken = _entries;
        foreach (var entry in taken)
            entry.IsUnsent = false;
        _spare.Clear();
        (_entries, _spare) = (_spare, taken);
        return taken;
    }
}
