using System.Buffers;
using LightningDB;

namespace GokaAkka.Storage.Lmdb;

/// <summary>
/// Walks over a range on a transaction of its own, which its store may end once its time is over. Entries are copied: what LMDB gives is gone with the
/// transaction.
/// </summary>
sealed class LmdbIterator : RangeIterator
{
    readonly Lock _gate = new();
    readonly LmdbFile _file;
    readonly Action<LmdbIterator> _closed;
    readonly LightningCursor _cursor;
    readonly ArrayBufferWriter<byte> _entry = new();
    LightningTransaction? _transaction;
    int _keyLength;

    // The record that several keys share, and which of them is the current one.
    EntryBlock? _shared;
    int _at;

    public LmdbIterator(LmdbFile file, LightningTransaction transaction, KeyRange range, long deadline, Action<LmdbIterator> closed) : base(range)
    {
        (_file, _transaction, _closed) = (file, transaction, closed);
        Deadline = deadline;
        _cursor = transaction.CreateCursor(file.Entries);
    }

    /// <summary>From when on it may be ended, in milliseconds of <see cref="Environment.TickCount64"/>.</summary>
    public long Deadline { get; }

    protected override ReadOnlySpan<byte> FoundKey => _shared is null ? _entry.WrittenSpan[.._keyLength] : _shared.Key(_at);

    protected override ReadOnlySpan<byte> FoundValue => _shared is null ? _entry.WrittenSpan[_keyLength..] : _shared.Value(_at);

    /// <summary>Lets the snapshot go; the next call says so.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_transaction is null)
                return;
            _cursor.Dispose();
            _transaction.Dispose();
            _transaction = null;
        }

        _closed(this);
    }

    protected override bool Find(ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            ThrowIfEnded();
            var stored = StoredKey.Of(key, stackalloc byte[StoredKey.Longest]);
            if (_cursor.SetRange(stored) is var code && code == MDBResultCode.NotFound)
                return false;
            _file.Check("be iterated over", code);
            return Read(_cursor.GetCurrent()) && (FoundKey.SequenceCompareTo(key) >= 0 || Skip(key));
        }
    }

    protected override bool FindNext()
    {
        lock (_gate)
        {
            ThrowIfEnded();
            return ++_at < _shared?.Count || Read(_cursor.Next());
        }
    }

    protected override void Release() => End();

    protected override void ThrowIfStoreIsClosed() => _file.ThrowIfClosed();

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
        _file.Check("be iterated over", found.Code);
        var stored = found.Key.AsSpan();
        var record = found.Value.AsSpan();
        (_shared, _at) = (null, 0);
        if (StoredKey.IsShared(stored))
        {
            _shared = LmdbRecord.Shared(_file.Place, stored, record);
            return true;
        }

        var key = stored[1..];
        _entry.ResetWrittenCount();
        _entry.Write(key);
        _entry.Write(LmdbRecord.Value(_file.Place, key, record));
        _keyLength = key.Length;
        return true;
    }

    void ThrowIfEnded()
    {
        if (_transaction is null)
        {
            _file.ThrowIfClosed();
            throw new StorageException(
                $"The iterator over {_file.Place} has ended: the store needed what its snapshot held, and its time (LmdbStorageProvider.IteratorLifetime) was "
                + "over. Begin a new one, with Seek behind the last key.");
        }
    }
}
