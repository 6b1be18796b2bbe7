using RocksDbSharp;

namespace GokaAkka.Storage.RocksDb;

/// <summary>Walks over a range on a snapshot of RocksDB's, which ends with its store.</summary>
sealed class RocksDbIterator(RocksDbFile file, Iterator iterator, KeyRange range) : EngineIterator(range)
{
    protected override bool GoTo(ReadOnlySpan<byte> key)
    {
        iterator.Seek(StoredKey.Of(key, stackalloc byte[StoredKey.Room]));
        return Read();
    }

    protected override bool GoOn()
    {
        iterator.Next();
        return Read();
    }

    protected override void EndSnapshot() => iterator.Dispose();

    protected override void ThrowIfStoreIsClosed() => file.ThrowIfClosed();

    bool Read()
    {
        if (iterator.Valid())
        {
            Copy(StoredKey.Entry(iterator.GetKeySpan()), iterator.GetValueSpan());
            return true;
        }

        Native.Instance.rocksdb_iter_get_error(iterator.Handle, out var error);
        return error == 0 ? false : throw file.Error("be iterated over", new RocksDbSharpException(RocksDbMemory.TakeError(error)));
    }
}
