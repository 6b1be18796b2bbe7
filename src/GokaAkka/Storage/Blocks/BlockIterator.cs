namespace GokaAkka.Storage;

/// <summary>Walks over a range on the blocks that there were when it was made.</summary>
/// <param name="map">The blocks.</param>
/// <param name="range">The range.</param>
/// <param name="load">Gives a block of the map.</param>
/// <param name="throwIfClosed">Throws when the store is closed.</param>
/// <param name="release">Called when the iterator is disposed.</param>
sealed class BlockIterator(BlockMap map, KeyRange range, Func<BlockMap, int, EntryBlock> load, Action throwIfClosed, Action? release = null)
    : RangeIterator(range)
{
    EntryBlock? _block;
    int _index;
    int _at;

    protected override ReadOnlySpan<byte> FoundKey => _block!.Key(_at);

    protected override ReadOnlySpan<byte> FoundValue => _block!.Value(_at);

    protected override bool Find(ReadOnlySpan<byte> key)
    {
        _index = map.IndexOf(key);
        _block = load(map, _index);
        _at = _block.IndexOf(key) - 1;
        return FindNext();
    }

    protected override bool FindNext()
    {
        _at++;
        while (_at >= _block!.Count && _index + 1 < map.Count)
            (_block, _at) = (load(map, ++_index), 0);
        return _at < _block.Count;
    }

    protected override void Release() => release?.Invoke();

    protected override void ThrowIfStoreIsClosed() => throwIfClosed();
}
