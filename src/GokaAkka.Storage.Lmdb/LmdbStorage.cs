using GokaAkka.Records;
using LightningDB;

namespace GokaAkka.Storage.Lmdb;

/// <summary>A table partition in an LMDB file.</summary>
sealed class LmdbStorage(Func<LmdbFile> open, StorePlace place, StoreLock ownership) : EngineStorage<LmdbFile>(open, place, ownership)
{
    static readonly BlockShape Shape = new(int.MaxValue);

    readonly EntryBlockBuilder _shared = new();
    byte[] _record = new byte[1024];

    public override byte[]? Get(ReadOnlySpan<byte> key)
    {
        var file = File;
        var transaction = file.BeginRead();
        try
        {
            var stored = LmdbKey.Of(key, stackalloc byte[LmdbKey.Room]);
            if (!file.TryFind(transaction, stored, out var record))
                return null;
            if (!LmdbKey.IsShared(stored))
                return LmdbRecord.Value(Place, key, record).ToArray();
            var block = LmdbRecord.Shared(Place, stored, record);
            return block.Find(key) is var index and >= 0 ? block.Value(index).ToArray() : null;
        }
        finally
        {
            file.EndRead(transaction);
        }
    }

    protected override void Write(WriteBatch writes, byte[] mark) => File.Commit("write a batch", transaction =>
        Put(transaction, writes) is var code && code == MDBResultCode.Success ? transaction.Put(File.Entries, StoredKey.Mark, mark) : code);

    protected override bool TryEmpty(byte[] mark)
    {
        try
        {
            File.Commit("be cleared", transaction => transaction.TruncateDatabase(File.Entries) is var code && code == MDBResultCode.Success
                ? transaction.Put(File.Entries, StoredKey.Mark, mark) : code);
            return true;
        }
        catch (StorageException)
        {
            // Too damaged to be cleared by its own means, or no room to say that it is empty.
            return false;
        }
    }

    MDBResultCode Put(LightningTransaction transaction, WriteBatch writes)
    {
        Span<byte> buffer = stackalloc byte[LmdbKey.Room];
        var sorted = writes.InKeyOrder();
        for (var hasWrite = sorted.MoveNext(); hasWrite;)
        {
            var stored = LmdbKey.Of(sorted.Key, buffer);
            MDBResultCode code;
            if (LmdbKey.IsShared(stored))
            {
                code = PutShared(transaction, stored, ref sorted, ref hasWrite);
            }
            else
            {
                code = sorted.IsDelete
                    ? transaction.Delete(File.Entries, stored)
                    : transaction.Put(File.Entries, stored, LmdbRecord.Of(sorted.Key, sorted.Value, ref _record));
                hasWrite = sorted.MoveNext();
            }

            if (code is not (MDBResultCode.Success or MDBResultCode.NotFound))
                return code;
        }

        return MDBResultCode.Success;
    }

    MDBResultCode PutShared(LightningTransaction transaction, scoped ReadOnlySpan<byte> stored, ref WriteBatch.Sorted sorted, ref bool hasWrite)
    {
        var (code, _, found) = transaction.Get(File.Entries, stored);
        if (code is not (MDBResultCode.Success or MDBResultCode.NotFound))
            return code;
        var before = code == MDBResultCode.Success ? LmdbRecord.Shared(Place, stored, found.AsSpan()) : Shape.Encode(stored.ToArray(), [], []);
        _shared.Clear();
        hasWrite = _shared.Merge(before, ref sorted, hasWrite, KeyRange.Prefix(Key.Copy(stored[1..])).Limit?.ToArray());
        return _shared.Count == 0
            ? transaction.Delete(File.Entries, stored)
            : transaction.Put(File.Entries, stored, _shared.Encode(stored.ToArray(), 0, _shared.Count, Shape).Data);
    }
}
