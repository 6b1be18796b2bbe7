using System.Runtime.InteropServices;
using LightningDB;
using Native = LightningDB.Native.Lmdb;

namespace GokaAkka.Storage.Lmdb;

/// <summary>
/// An open file: LMDB's environment and database. It keeps the process from LMDB's own hazards: nobody reads a map that is being closed or replaced, and
/// the map grows only while no transaction is open.
/// </summary>
sealed class LmdbFile : IEngineFile
{
    const EnvironmentOpenFlags Flags =
        EnvironmentOpenFlags.NoSubDir | EnvironmentOpenFlags.NoMetaSync | EnvironmentOpenFlags.NoThreadLocalStorage;

    const int MostReaders = 2048;
    const int MostIdle = 64;
    const int Mebibyte = 1 << 20;

    readonly EngineMark _mark;
    readonly LightningEnvironment _environment;
    readonly ConcurrentBag<LightningTransaction> _idle = [];

    // Held for reading by whoever uses a transaction that reads, except for iterators, and for writing while the map is replaced or closed.
    readonly ReaderWriterLockSlim _gate = new();
    readonly OpenIterators _iterators;
    volatile bool _isClosed;

    public LmdbFile(StorePlace place, long mapBytes, TimeSpan iteratorLifetime)
    {
        Place = place;
        _iterators = new OpenIterators(iteratorLifetime);
        _mark = new EngineMark(place);
        var settings = new EnvironmentConfiguration { MapSize = Math.Max(mapBytes, 2 * _mark.Length), MaxReaders = MostReaders };
        _ = LmdbLibrary.Version;
        _environment = new LightningEnvironment(place.Path, settings);
        try
        {
            _mark.Check();
            _environment.Open(Flags);
            using var transaction = _environment.BeginTransaction();
            Entries = transaction.OpenDatabase();
            Check("be opened", transaction.Commit());
            _mark.Update();
        }
        catch (Exception e) when (e is LightningException or IOException or UnauthorizedAccessException)
        {
            _environment.Dispose();
            throw Error("be opened", e);
        }
        catch
        {
            _environment.Dispose();
            throw;
        }
    }

    public StorePlace Place { get; }

    public LightningDatabase Entries { get; }

    /// <summary>Begins to read what is committed. The thread that got the transaction ends it with <see cref="EndRead"/>.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public LightningTransaction BeginRead()
    {
        _gate.EnterReadLock();
        try
        {
            ThrowIfClosed();
            if (!_idle.TryTake(out var transaction))
                return _environment.BeginTransaction(TransactionBeginFlags.ReadOnly);
            _ = transaction.Renew();
            return transaction;
        }
        catch (Exception e)
        {
            _gate.ExitReadLock();
            throw e is LightningException ? Error("be read", e) : e;
        }
    }

    public void EndRead(LightningTransaction transaction)
    {
        transaction.Reset();
        if (_idle.Count < MostIdle)
            _idle.Add(transaction);
        else
            transaction.Dispose();
        _gate.ExitReadLock();
    }

    /// <summary>What is stored under a key, as long as the transaction lasts.</summary>
    public bool TryFind(LightningTransaction transaction, ReadOnlySpan<byte> stored, out ReadOnlySpan<byte> record)
    {
        var (code, _, found) = transaction.Get(Entries, stored);
        record = default;
        if (code == MDBResultCode.NotFound)
            return false;
        Check("be read", code);
        record = found.AsSpan();
        return true;
    }

    public byte[]? Find(ReadOnlySpan<byte> stored)
    {
        var transaction = BeginRead();
        try
        {
            return TryFind(transaction, stored, out var record) ? record.ToArray() : null;
        }
        finally
        {
            EndRead(transaction);
        }
    }

    public EngineIterator Iterate(KeyRange range)
    {
        _gate.EnterReadLock();
        try
        {
            ThrowIfClosed();
            return _iterators.Add(new LmdbIterator(this, _environment.BeginTransaction(TransactionBeginFlags.ReadOnly), range));
        }
        catch (LightningException e)
        {
            throw Error("be iterated over", e);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    public void BeginClose()
    {
        _isClosed = true;
        _iterators.EndAll();
    }

    /// <summary>Commits what is written, or nothing. One thread at a time.</summary>
    /// <param name="what">What it is, for errors.</param>
    /// <param name="write">Writes; called again when the map had to grow.</param>
    /// <exception cref="StorageException">Nothing was committed.</exception>
    public void Commit(string what, Func<LightningTransaction, MDBResultCode> write)
    {
        ThrowIfClosed();
        _iterators.EndExpired();
        MDBResultCode code;
        while ((code = TryCommit(what, write)) == MDBResultCode.MapFull)
            Grow();
        Check(what, code);
        _mark.TryUpdate();
    }

    public void Dispose()
    {
        _gate.EnterWriteLock();
        try
        {
            if (!_environment.IsOpened)
                return;
            BeginClose();
            EndIdle();
            _ = _environment.Flush(force: true);
            _environment.Dispose();
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, typeof(IStorage));

    /// <exception cref="StorageException">It is no success.</exception>
    public void Check(string what, MDBResultCode code)
    {
        if (code is not MDBResultCode.Success)
            throw Error(what, code, null);
    }

    MDBResultCode TryCommit(string what, Func<LightningTransaction, MDBResultCode> write)
    {
        try
        {
            using var transaction = _environment.BeginTransaction();
            var code = write(transaction);
            return code == MDBResultCode.Success ? transaction.Commit() : code;
        }
        catch (LightningException e)
        {
            throw Error(what, e);
        }
    }

    void Grow()
    {
        _iterators.BeginGrowth();
        while (true)
        {
            _gate.EnterWriteLock();
            try
            {
                if (_iterators.TryEndGrowth())
                {
                    EndIdle();
                    _environment.MapSize *= 2;
                    return;
                }
            }
            finally
            {
                _gate.ExitWriteLock();
            }

            _iterators.Wait();
        }
    }

    void EndIdle()
    {
        while (_idle.TryTake(out var transaction))
            transaction.Dispose();
    }

    StorageException Error(string what, Exception e) => e is LightningException { StatusCode: not 0 and var code }
        ? Error(what, (MDBResultCode)code, e)
        : e.InnerException is LightningException inner ? Error(what, inner) : Place.Failed(what, e.Message, e);

    StorageException Error(string what, MDBResultCode code, Exception? cause)
    {
        var text = $"{Marshal.PtrToStringUTF8(Native.mdb_strerror((int)code))} ({(int)code}).";
        if (code is MDBResultCode.Corrupted or MDBResultCode.PageNotFound or MDBResultCode.Invalid or MDBResultCode.VersionMismatch
            or MDBResultCode.Incompatible or MDBResultCode.Panic)
            return Place.Corrupt($"LMDB could not {what}: {text}", cause);
        // LMDB tells of a full disk by an error of the device, or by a write that was too short.
        var free = new DriveInfo(Path.GetDirectoryName(Place.Path)!).AvailableFreeSpace;
        return Place.Failed(what, free < Mebibyte ? $"the disk is full, {free} bytes are free: {text}" : text, cause);
    }
}
