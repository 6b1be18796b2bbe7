namespace GokaAkka.Storage.Redis;

/// <summary>
/// Keeps the open iterators of a store on their snapshots where its engine cannot: before a batch is written they are given the values that it
/// replaces.
/// </summary>
/// <remarks>
/// The owner holds <see cref="Turn"/> while it writes, and calls <see cref="Preserve"/> before each batch. That costs one read per written key
/// while an iterator is open, and nothing otherwise.
/// </remarks>
sealed class PagedIterators
{
    readonly List<PagedIterator> _open = [];
    volatile bool _closed;

    /// <summary>Held by the writer, and by an iterator while it reads a page, so that no write falls into a page.</summary>
    public Lock Turn { get; } = new();

    /// <summary>Whether <see cref="Close"/> was called.</summary>
    public bool IsClosed => _closed;

    /// <summary>An iterator over the contents as they are now.</summary>
    public IStorageIterator Open(RedisPages contents, KeyRange range)
    {
        lock (Turn)
        {
            var iterator = new PagedIterator(this, contents, range);
            _open.Add(iterator);
            return iterator;
        }
    }

    /// <summary>Gives the open iterators what a batch is about to replace. The caller holds <see cref="Turn"/>.</summary>
    /// <param name="writes">The batch.</param>
    /// <param name="read">Reads the values of keys, null for one that is absent; called with a thousand keys at most.</param>
    public void Preserve(WriteBatch writes, Func<byte[][], byte[]?[]> read)
    {
        ArgumentNullException.ThrowIfNull(writes);
        ArgumentNullException.ThrowIfNull(read);
        if (_open.Count == 0)
            return;
        var keys = new List<byte[]>(writes.Count);
        for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
            keys.Add(sorted.Key.ToArray());
        foreach (var some in keys.Chunk(1000))
        {
            var values = read(some);
            foreach (var iterator in _open)
                iterator.Preserve(some, values);
        }
    }

    /// <summary>Lets the open iterators go on with contents that were cleared and set aside. The caller holds <see cref="Turn"/>.</summary>
    /// <param name="cleared">Where those contents are now.</param>
    /// <param name="discard">
    /// Called when no iterator is on them any more, at once when there is none. A <see cref="StorageException"/> of it is dropped: they are out of sight
    /// already, so the store sees to it that they go in time.
    /// </param>
    public void SetAside(RedisPages cleared, Action discard)
    {
        ArgumentNullException.ThrowIfNull(discard);
        var users = _open.Count;
        if (users == 0)
            Discard(discard);
        foreach (var iterator in _open)
            iterator.MoveTo(cleared, () => LeaveCleared(ref users, discard));
        _open.Clear();
    }

    /// <summary>Ends all iterators: their next call is an <see cref="ObjectDisposedException"/>.</summary>
    public void Close() => _closed = true;

    internal void Leave(PagedIterator iterator)
    {
        lock (Turn)
            _open.Remove(iterator);
    }

    void LeaveCleared(ref int users, Action discard)
    {
        if (Interlocked.Decrement(ref users) > 0)
            return;
        lock (Turn)
        {
            if (!_closed)
                Discard(discard);
        }
    }

    static void Discard(Action discard)
    {
        try
        {
            discard();
        }
        catch (StorageException)
        {
            // As the caller was told.
        }
    }
}
