using System.Diagnostics;
using RocksDbSharp;

namespace GokaAkka.Storage.RocksDb;

/// <summary>An open database. Nobody reads one that is being closed: that would end the process.</summary>
sealed class RocksDbFile : IDisposable
{
    static readonly WriteOptions NoLog = MakeNoLog();
    // Between looks whether memory tables that are full have been written.
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);
    // A slow disk may have that much to catch up with; no batch waits longer.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    static readonly FlushOptions AtOnce = MakeAtOnce();

    readonly StorePlace _place;
    readonly RocksDbMemory _memory;
    readonly RocksDbSharp.RocksDb _database;

    // Held for reading by whoever uses the database, and for writing while it is closed.
    readonly ReaderWriterLockSlim _gate = new();
    readonly Lock _iterating = new();
    readonly List<RocksDbIterator> _iterators = [];
    volatile bool _isClosed;

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

    public bool HasIterators
    {
        get
        {
            lock (_iterating)
                return _iterators.Count > 0;
        }
    }

    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    public byte[]? Get(ReadOnlySpan<byte> stored)
    {
        _gate.EnterReadLock();
        try
        {
            ThrowIfClosed();
            return _database.Get(stored);
        }
        catch (RocksDbSharpException e)
        {
            throw Error("be read", e);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    public void Write(RocksDbSharp.WriteBatch batch) => Use("write a batch", () =>
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                _database.Write(batch, NoLog);
                return;
            }
            catch (RocksDbSharpException e) when (e.Message.Contains("incomplete", StringComparison.OrdinalIgnoreCase))
            {
                // Memory tables wait for the disk. RocksDB itself would wait for ever where that is full.
                if (_database.GetProperty("rocksdb.background-errors") is not "0" || Stopwatch.GetElapsedTime(since) > Patience)
                    throw new RocksDbSharpException("memory tables cannot be written to the disk, which is full, fails or is too slow; the LOG file there says why");
            }

            Thread.Sleep(Look);
        }
    });

    /// <summary>Has all that was written on the disk when it returns.</summary>
    public void Flush() => Use("be flushed", () => _database.Flush(AtOnce));

    public RocksDbIterator Iterate(KeyRange range)
    {
        RocksDbIterator? iterator = null;
        Use("be iterated over", () =>
        {
            iterator = new RocksDbIterator(this, _database.NewIterator(), range);
            lock (_iterating)
                _iterators.Add(iterator);
        });
        return iterator!;
    }

    public void Forget(RocksDbIterator iterator)
    {
        lock (_iterating)
            _iterators.Remove(iterator);
    }

    /// <inheritdoc/>
    /// <remarks>What is in memory alone is lost where it cannot be written: it is read again.</remarks>
    public void Dispose()
    {
        _gate.EnterWriteLock();
        try
        {
            if (_isClosed)
                return;
            _isClosed = true;
            RocksDbIterator[] open;
            lock (_iterating)
                open = [.. _iterators];
            foreach (var iterator in open)
                iterator.End();
            try
            {
                _database.Flush(AtOnce);
            }
            catch (RocksDbSharpException)
            {
                // A full disk, mostly.
            }

            _database.Dispose();
            GC.KeepAlive(_memory);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    public void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, typeof(IStorage));

    /// <summary>RocksDB tells of what is damaged by "Corruption", and of a file that is gone by an error of the device.</summary>
    public StorageException Error(string what, Exception e) =>
        e.Message.StartsWith("Corruption", StringComparison.Ordinal) || e.Message.Contains("No such file", StringComparison.Ordinal)
        || e.Message.StartsWith("Invalid argument", StringComparison.Ordinal) || e.Message.StartsWith("Not implemented", StringComparison.Ordinal)
            ? _place.Corrupt($"RocksDB could not {what}: {e.Message.Trim()}", e)
            : _place.Failed(what, e.Message.Trim() + ".", e);

    // Otherwise a flush first waits until level 0 has room again, which it never has on a disk too full for a compaction.
    static FlushOptions MakeAtOnce()
    {
        var options = new FlushOptions().SetWaitForFlush(true);
        Native.Instance.rocksdb_flushoptions_set_allow_write_stall(options.Handle, 1);
        return options;
    }

    static WriteOptions MakeNoLog()
    {
        var options = new WriteOptions().DisableWal(1);
        Native.Instance.rocksdb_writeoptions_set_no_slowdown(options.Handle, 1);
        return options;
    }

    void Use(string what, Action use)
    {
        _gate.EnterReadLock();
        try
        {
            ThrowIfClosed();
            use();
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
