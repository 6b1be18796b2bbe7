using System.Diagnostics;
using RocksDbSharp;

namespace GokaAkka.Storage.RocksDb;

/// <summary>An open database. Nobody reads one that is being closed: that would end the process.</summary>
sealed class RocksDbFile : IEngineFile
{
    // A slow disk may have that much to catch up with; no batch waits longer.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    static readonly WriteOptions NoLog = new WriteOptions().DisableWal(1);
    static readonly FlushOptions AtOnce = new FlushOptions().SetWaitForFlush(true);

    readonly StorePlace _place;
    readonly RocksDbMemory _memory;
    readonly RocksDbSharp.RocksDb _database;

    // Held for reading by whoever uses the database, and for writing while it is closed.
    readonly ReaderWriterLockSlim _gate = new();
    readonly OpenIterators _iterators = new(Timeout.InfiniteTimeSpan);
    volatile bool _isClosed;
    bool _isDisposed;

    static RocksDbFile()
    {
        Native.Instance.rocksdb_writeoptions_set_no_slowdown(NoLog.Handle, 1);
        // Otherwise a flush first waits until level 0 has room again, which it never has on a disk too full for a compaction.
        Native.Instance.rocksdb_flushoptions_set_allow_write_stall(AtOnce.Handle, 1);
    }

    public RocksDbFile(StorePlace place, RocksDbMemory memory)
    {
        (_place, _memory) = (place, memory);
        try
        {
            _database = RocksDbSharp.RocksDb.Open(memory.Options, place.Path);
        }
        catch (RocksDbSharpException e)
        {
            throw Error("be opened", e);
        }
    }

    public bool HasIterators => _iterators.Any;

    public byte[]? Find(ReadOnlySpan<byte> stored) => Use("be read", stored, static (file, stored) => file._database.Get(stored));

    public EngineIterator Iterate(KeyRange range) => Use("be iterated over", range, static (file, range) =>
        file._iterators.Add(new RocksDbIterator(file, file._database.NewIterator(), range)));

    public void Write(RocksDbSharp.WriteBatch batch) => Use("write a batch", batch, static (file, batch) =>
    {
        var since = Stopwatch.GetTimestamp();
        while (!file.TryWrite(batch))
        {
            file.ThrowIfClosed();
            // RocksDB itself would wait for ever where the disk is full.
            if (file._database.GetProperty("rocksdb.background-errors") is not "0" || Stopwatch.GetElapsedTime(since) > Patience)
                throw new RocksDbSharpException("memory tables cannot be written to the disk, which is full, fails or is too slow; the LOG file there says why");
            Thread.Sleep(2);
        }

        return true;
    });

    /// <summary>Has all that was written on the disk when it returns.</summary>
    public void Flush() => Use("be flushed", AtOnce, static (file, options) =>
    {
        file._database.Flush(options);
        return true;
    });

    /// <summary>The same where that is possible: on a full disk the next batch is refused, and whoever writes it hears of it. Not while it is closed.</summary>
    public void TryFlush()
    {
        try
        {
            if (!_isDisposed)
                _database.Flush(AtOnce);
        }
        catch (RocksDbSharpException)
        {
            // It is read from the changelog again.
        }
    }

    public void BeginClose()
    {
        _isClosed = true;
        _iterators.EndAll();
    }

    /// <remarks>What is in memory alone is lost where it cannot be written: it is read again.</remarks>
    public void Dispose()
    {
        _gate.EnterWriteLock();
        try
        {
            if (_isDisposed)
                return;
            BeginClose();
            TryFlush();
            _isDisposed = true;
            _database.Dispose();
            GC.KeepAlive(_memory);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    public void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, typeof(IStorage));

    /// <summary>RocksDB tells of what is damaged by "Corruption", and of a file that is gone by an error of the device.</summary>
    public StorageException Error(string what, Exception e) =>
        e.Message.StartsWith("Corruption", StringComparison.Ordinal) || e.Message.Contains("No such file", StringComparison.Ordinal)
        || e.Message.StartsWith("Invalid argument", StringComparison.Ordinal) || e.Message.StartsWith("Not implemented", StringComparison.Ordinal)
            ? _place.Corrupt($"RocksDB could not {what}: {e.Message.Trim()}", e)
            : _place.Failed(what, e.Message.Trim() + ".", e);

    // False while memory tables wait for the disk.
    bool TryWrite(RocksDbSharp.WriteBatch batch)
    {
        try
        {
            _database.Write(batch, NoLog);
            return true;
        }
        catch (RocksDbSharpException e) when (e.Message.Contains("incomplete", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
    }

    T Use<T, TArgument>(string what, TArgument argument, Func<RocksDbFile, TArgument, T> use)
        where TArgument : allows ref struct
    {
        _gate.EnterReadLock();
        try
        {
            ThrowIfClosed();
            return use(this, argument);
        }
        catch (RocksDbSharpException e)
        {
            throw Error(what, e);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }
}
