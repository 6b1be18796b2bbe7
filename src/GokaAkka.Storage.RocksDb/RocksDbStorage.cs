namespace GokaAkka.Storage.RocksDb;

/// <summary>A table partition in RocksDB. A crash loses what is in memory tables alone, position and entries together.</summary>
sealed class RocksDbStorage : EngineStorage<RocksDbFile>
{
    // On a pool thread: a store that is not written to would keep its last batches in memory for ever.
    readonly Timer _flushing;
    readonly RocksDbSharp.WriteBatch _batch = new();

    public RocksDbStorage(Func<RocksDbFile> open, StorePlace place, StoreLock ownership, TimeSpan flushInterval)
        : base(open, place, ownership) => _flushing = new Timer(_ => TryBetweenBatches(() => File.TryFlush()), null, flushInterval, flushInterval);

    public override byte[]? Get(ReadOnlySpan<byte> key) => File.Find(StoredKey.Of(key, stackalloc byte[StoredKey.Room]));

    protected override void Write(WriteBatch writes, byte[] mark)
    {
        Span<byte> buffer = stackalloc byte[StoredKey.Room];
        _batch.Clear();
        // RocksDB puts what comes in order faster.
        for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
        {
            var stored = StoredKey.Of(sorted.Key, buffer);
            if (sorted.IsDelete)
                _batch.Delete(stored);
            else
                _batch.Put(stored, sorted.Value);
        }

        _batch.Put(StoredKey.Mark, mark);
        File.Write(_batch);
    }

    protected override bool TryEmpty(byte[] mark)
    {
        // Without readers the files go, which is quicker; with them, they show what there was.
        if (!File.HasIterators)
            return false;
        _batch.Clear();
        _batch.DeleteRange(StoredKey.First, 1, StoredKey.BehindLast, 1);
        _batch.Put(StoredKey.Mark, mark);
        File.Write(_batch);
        File.Flush();
        return true;
    }

    protected override void Close()
    {
        _flushing.Dispose();
        _batch.Dispose();
    }
}
