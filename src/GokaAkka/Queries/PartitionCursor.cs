namespace GokaAkka.Queries;

/// <summary>Walks over a range in one partition, wherever that is, in pieces. Used by one caller at a time.</summary>
/// <param name="partition">The partition.</param>
/// <param name="range">What is left to read there.</param>
/// <param name="read">Reads the first keys of a range.</param>
sealed class PartitionCursor(int partition, KeyRange range, Func<int, KeyRange, ValueTask<RangeRead>> read)
{
    IReadOnlyList<TableEntry> _entries = [];
    bool _isLast;
    int _at;

    public int Partition => partition;

    /// <summary>Where the first piece was read; null before.</summary>
    public ReadStamp? Stamp { get; private set; }

    /// <summary>The next entry, or null at the end. Valid once <see cref="Fill"/> has ended.</summary>
    public TableEntry? Current => _at < _entries.Count ? _entries[_at] : null;

    /// <summary>Whether there are more to read before <see cref="Current"/> says something.</summary>
    public bool NeedsFill => _at >= _entries.Count && !_isLast;

    public async Task Fill()
    {
        var piece = await read(partition, range).ConfigureAwait(false);
        Stamp ??= piece.Stamp;
        (_entries, _isLast, _at) = (piece.Entries, piece.IsLast, 0);
        if (_entries.Count > 0)
            range = new PageToken(_entries[^1].Key.Memory, partition).Rest(range, partition);
    }

    public void Advance() => _at++;
}
