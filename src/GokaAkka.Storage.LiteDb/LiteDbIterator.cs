namespace GokaAkka.Storage.LiteDb;

/// <summary>Walks over a range on the blocks that there were when it was made.</summary>
sealed class LiteDbIterator : RangeIterator
{
    readonly LiteDbStorage _storage;
    readonly Database _database;
    readonly BlockMap _map;
    EntryBlock _block = BlockChange.Empty;
    int _index;
    int _at;

    public LiteDbIterator(LiteDbStorage storage, Database database, KeyRange range) : base(range)
    {
        (_storage, _database, _map) = (storage, database, database.Map);
        database.AddUser();
    }

    protected override ReadOnlySpan<byte> FoundKey => _block.Key(_at);

    protected override ReadOnlySpan<byte> FoundValue => _block.Value(_at);

    protected override bool Find(ReadOnlySpan<byte> key)
    {
        _index = _map.IndexOf(key);
        _block = _database.Load(_map, _index);
        _at = _block.IndexOf(key) - 1;
        return FindNext();
    }

    protected override bool FindNext()
    {
        _at++;
        while (_at >= _block.Count && _index + 1 < _map.Count)
            (_block, _at) = (_database.Load(_map, ++_index), 0);
        return _at < _block.Count;
    }

    protected override void Release() => _database.Release();

    protected override void ThrowIfStoreIsClosed() => _storage.ThrowIfClosed();
}
