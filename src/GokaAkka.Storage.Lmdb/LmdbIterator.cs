using LightningDB;

namespace GokaAkka.Storage.Lmdb;

/// <summary>Walks over a range on a transaction of its own, which its store may end once its time is over.</summary>
sealed class LmdbIterator(LmdbFile file, LightningTransaction transaction, KeyRange range) : EngineIterator(range)
{
    readonly LightningCursor _cursor = transaction.CreateCursor(file.Entries);

    // The record that several keys share, and which of them is the current one.
    EntryBlock? _shared;
    int _at;

    protected override ReadOnlySpan<byte> FoundKey => _shared is null ? base.FoundKey : _shared.Key(_at);

    protected override ReadOnlySpan<byte> FoundValue => _shared is null ? base.FoundValue : _shared.Value(_at);

    protected override bool GoTo(ReadOnlySpan<byte> key)
    {
        var stored = LmdbKey.Of(key, stackalloc byte[LmdbKey.Room]);
        if (_cursor.SetRange(stored) is var code && code == MDBResultCode.NotFound)
            return false;
        file.Check("be iterated over", code);
        return Read(_cursor.GetCurrent()) && (FoundKey.SequenceCompareTo(key) >= 0 || Skip(key));
    }

    protected override bool GoOn() => ++_at < _shared?.Count || Read(_cursor.Next());

    protected override void EndSnapshot()
    {
        _cursor.Dispose();
        transaction.Dispose();
    }

    protected override void ThrowIfStoreIsClosed() => file.ThrowIfClosed();

    protected override StorageException Ended() => new(
        $"The iterator over {file.Place} has ended: the store needed what its snapshot held, and its time (goka.storage.lmdb.iterator-lifetime) was over. "
        + "Begin a new one, with Seek behind the last key.");

    // Within the record that keys with the same beginning share.
    bool Skip(ReadOnlySpan<byte> key)
    {
        _at = _shared!.IndexOf(key);
        return _at < _shared.Count || Read(_cursor.Next());
    }

    bool Read((MDBResultCode Code, MDBValue Key, MDBValue Value) found)
    {
        if (found.Code == MDBResultCode.NotFound)
            return false;
        file.Check("be iterated over", found.Code);
        var stored = found.Key.AsSpan();
        var record = found.Value.AsSpan();
        (_shared, _at) = (null, 0);
        if (LmdbKey.IsShared(stored))
            _shared = LmdbRecord.Shared(file.Place, stored, record);
        else
            Copy(StoredKey.Entry(stored), LmdbRecord.Value(file.Place, StoredKey.Entry(stored), record));
        return true;
    }
}
