namespace GokaAkka.Tables;

/// <summary>The keys of a table whose newest value is not in the changelog yet. Used by the partition's thread.</summary>
/// <remarks>Their entries stay in the cache, whatever else is flushed meanwhile: what is to be sent is read from there.</remarks>
sealed class UnsentKeys<T>(TableCache<T> cache, Lock gate)
{
    const int Ahead = 3;

    // In the order of their first change, each once, with the headers to send its newest value with.
    readonly List<(int Entry, Headers? Headers)> _keys = [];
    byte[] _copied = new byte[256];

    public int Count => _keys.Count;

    /// <summary>A key was changed. Called with the lock held.</summary>
    public void Add(int index, Headers? headers)
    {
        ref var entry = ref cache[index];
        if (entry.Unsent == CacheEntry<T>.IsSent)
        {
            entry.Unsent = _keys.Count;
            _keys.Add((index, headers));
        }
        else
        {
            _keys[entry.Unsent] = (index, headers);
        }
    }

    /// <summary>
    /// Takes one of them, all of which are to be taken in order and then cleared. What is returned is a copy, good until the next call: it is sent
    /// without the lock, and readers may move what is in the cache.
    /// </summary>
    public UnsentKey Take(int place)
    {
        lock (gate)
        {
            // Most of them have left the processor's caches since they were changed.
            if (place + 2 * Ahead < _keys.Count)
                cache.Prefetch(_keys[place + 2 * Ahead].Entry, PrefetchStep.Entry);
            if (place + Ahead < _keys.Count)
                cache.Prefetch(_keys[place + Ahead].Entry, PrefetchStep.Data);
            ref var entry = ref cache[_keys[place].Entry];
            entry.Unsent = CacheEntry<T>.IsSent;
            var key = cache.Key(ref entry);
            var value = cache.Value(ref entry);
            if (_copied.Length < entry.DataLength)
                _copied = new byte[SizeClasses.RoundUp(entry.DataLength)];
            key.CopyTo(_copied);
            value.CopyTo(_copied.AsSpan(key.Length));
            return new UnsentKey
            {
                Key = _copied.AsSpan(0, key.Length),
                Value = _copied.AsSpan(key.Length, value.Length),
                IsDelete = entry.IsAbsent,
                Headers = _keys[place].Headers,
            };
        }
    }

    /// <summary>All are sent, or gone with the cache.</summary>
    public void Clear() => _keys.Clear();

    /// <summary>Those that are left will not be sent. Called with the lock held.</summary>
    public void Abandon()
    {
        foreach (var (index, _) in _keys)
            cache[index].Unsent = CacheEntry<T>.IsSent;
        _keys.Clear();
    }
}

/// <summary>A key with its newest value, to be sent to the changelog.</summary>
readonly ref struct UnsentKey
{
    public required ReadOnlySpan<byte> Key { get; init; }

    public required ReadOnlySpan<byte> Value { get; init; }

    public required bool IsDelete { get; init; }

    public required Headers? Headers { get; init; }
}
