using System.Buffers;
using RocksDbSharp;

namespace GokaAkka.Storage.RocksDb;

/// <summary>Walks over a range on a snapshot of its own, which ends with its store. Entries are copied: what RocksDB gives is gone with the next step.</summary>
sealed class RocksDbIterator(RocksDbFile file, Iterator iterator, KeyRange range) : RangeIterator(range)
{
    readonly Lock _gate = new();
    readonly ArrayBufferWriter<byte> _entry = new();
    int _keyLength;
    bool _hasEnded;

    protected override ReadOnlySpan<byte> FoundKey => _entry.WrittenSpan[.._keyLength];

    protected override ReadOnlySpan<byte> FoundValue => _entry.WrittenSpan[_keyLength..];

    /// <summary>Lets the snapshot go.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_hasEnded)
                return;
            _hasEnded = true;
            iterator.Dispose();
        }

        file.Forget(this);
    }

    protected override bool Find(ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            file.ThrowIfClosed();
            iterator.Seek(RocksDbKey.Of(key, stackalloc byte[RocksDbKey.Room]));
            return Read();
        }
    }

    protected override bool FindNext()
    {
        lock (_gate)
        {
            file.ThrowIfClosed();
            iterator.Next();
            return Read();
        }
    }

    protected override void Release() => End();

    protected override void ThrowIfStoreIsClosed() => file.ThrowIfClosed();

    bool Read()
    {
        if (!iterator.Valid())
        {
            Native.Instance.rocksdb_iter_get_error(iterator.Handle, out var error);
            return error == 0 ? false : throw file.Error("be iterated over", new RocksDbSharpException(RocksDbMemory.TakeError(error)));
        }

        var key = RocksDbKey.Entry(iterator.GetKeySpan());
        _entry.ResetWrittenCount();
        _entry.Write(key);
        _entry.Write(iterator.GetValueSpan());
        _keyLength = key.Length;
        return true;
    }
}
