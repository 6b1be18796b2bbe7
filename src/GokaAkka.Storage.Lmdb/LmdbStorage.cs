using GokaAkka.Records;
using LightningDB;

namespace GokaAkka.Storage.Lmdb;

/// <summary>A table partition in an LMDB file.</summary>
sealed class LmdbStorage : IStorage
{
    const int Format = 1;

    static readonly BlockShape Shape = new(int.MaxValue);

    readonly Func<LmdbFile> _open;
    readonly StorePlace _place;
    readonly StoreLock _ownership;
    readonly Lock _writing = new();
    readonly EntryBlockBuilder _shared = new();
    byte[] _record = new byte[1024];
    volatile LmdbFile _file;
    volatile Known _known;
    bool _isClosed;

    public LmdbStorage(Func<LmdbFile> open, StorePlace place, StoreLock ownership)
    {
        (_open, _place, _ownership) = (open, place, ownership);
        _file = open();
        try
        {
            _known = new Known(ReadPosition());
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public StorePosition Position
    {
        get
        {
            _file.ThrowIfClosed();
            return _known.Position;
        }
    }

    public long? SizeBytes => _place.Size;

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        var file = _file;
        var transaction = file.BeginRead();
        try
        {
            return TryFind(file, transaction, key, out var value) ? value.ToArray() : null;
        }
        finally
        {
            file.EndRead(transaction);
        }
    }

    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        lock (_writing)
        {
            _file.Commit("write a batch", transaction => Put(transaction, writes) is var code && code == MDBResultCode.Success
                ? PutMark(transaction, position) : code);
            _known = new Known(position);
        }
    }

    public IStorageIterator Iterate(KeyRange range) => _file.Iterate(range);

    public void Clear()
    {
        lock (_writing)
        {
            try
            {
                _file.Commit("be cleared", transaction => transaction.TruncateDatabase(_file.Entries) is var code && code == MDBResultCode.Success
                    ? PutMark(transaction, StorePosition.None) : code);
            }
            catch (StorageException)
            {
                // Too damaged to be cleared by its own means, or no room to say that it is empty.
                _file.Dispose();
                _place.Discard();
                _file = _open();
                _ = ReadPosition();
            }

            _known = new Known(StorePosition.None);
        }
    }

    public void Dispose()
    {
        _file.BeginClose();
        lock (_writing)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _file.Dispose();
            _ownership.Dispose();
        }
    }

    static bool TryFind(LmdbFile file, LightningTransaction transaction, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        var stored = StoredKey.Of(key, stackalloc byte[StoredKey.Longest]);
        var (code, _, found) = transaction.Get(file.Entries, stored);
        value = default;
        if (code == MDBResultCode.NotFound)
            return false;
        file.Check("be read", code);
        if (!StoredKey.IsShared(stored))
        {
            value = LmdbRecord.Value(file.Place, key, found.AsSpan());
            return true;
        }

        var block = LmdbRecord.Shared(file.Place, stored, found.AsSpan());
        var index = block.Find(key);
        value = index < 0 ? default : block.Value(index);
        return index >= 0;
    }

    // A new store is given a mark; one that has entries and none is of somebody else.
    StorePosition ReadPosition()
    {
        StorePosition? position = null;
        _file.Commit("read its position", transaction =>
        {
            var (code, _, mark) = transaction.Get(_file.Entries, StoredKey.Mark);
            if (code == MDBResultCode.Success)
                position = StoreMark.Decode(mark.AsSpan(), _place, Format).Position;
            else if (code == MDBResultCode.NotFound && transaction.GetEntriesCount(_file.Entries) > 0)
                throw _place.Corrupt("it has entries, but nothing says whose they are");
            return code == MDBResultCode.NotFound ? PutMark(transaction, StorePosition.None) : code;
        });
        return position ?? StorePosition.None;
    }

    MDBResultCode PutMark(LightningTransaction transaction, StorePosition position) =>
        transaction.Put(_file.Entries, StoredKey.Mark, new StoreMark(position).Encode(_place.Id, Format));

    MDBResultCode Put(LightningTransaction transaction, WriteBatch writes)
    {
        Span<byte> buffer = stackalloc byte[StoredKey.Longest];
        var sorted = writes.InKeyOrder();
        for (var hasWrite = sorted.MoveNext(); hasWrite;)
        {
            var stored = StoredKey.Of(sorted.Key, buffer);
            MDBResultCode code;
            if (StoredKey.IsShared(stored))
            {
                code = PutShared(transaction, stored, ref sorted, ref hasWrite);
            }
            else
            {
                code = sorted.IsDelete
                    ? transaction.Delete(_file.Entries, stored)
                    : transaction.Put(_file.Entries, stored, LmdbRecord.Of(sorted.Key, sorted.Value, ref _record));
                hasWrite = sorted.MoveNext();
            }

            if (code is not (MDBResultCode.Success or MDBResultCode.NotFound))
                return code;
        }

        return MDBResultCode.Success;
    }

    MDBResultCode PutShared(LightningTransaction transaction, scoped ReadOnlySpan<byte> stored, ref WriteBatch.Sorted sorted, ref bool hasWrite)
    {
        var (code, _, found) = transaction.Get(_file.Entries, stored);
        if (code is not (MDBResultCode.Success or MDBResultCode.NotFound))
            return code;
        var before = code == MDBResultCode.Success ? LmdbRecord.Shared(_place, stored, found.AsSpan()) : Shape.Encode(stored.ToArray(), [], []);
        _shared.Clear();
        hasWrite = _shared.Merge(before, ref sorted, hasWrite, KeyRange.Prefix(Key.Copy(stored[1..])).Limit?.ToArray());
        return _shared.Count == 0
            ? transaction.Delete(_file.Entries, stored)
            : transaction.Put(_file.Entries, stored, _shared.Encode(stored.ToArray(), 0, _shared.Count, Shape).Data);
    }

    sealed record Known(StorePosition Position);
}
