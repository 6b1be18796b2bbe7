using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace GokaAkka.Storage;

/// <summary>
/// Appends every value, followed by a line feed, to a file that other programs read. It cannot be read through this interface: every key is
/// absent. Deletions leave no trace; of several writes of a key in one batch only the last is appended, and a batch is appended in key order.
/// </summary>
/// <remarks>
/// goka's <c>storage.NewFile</c>, which forgets its offset. The position lies beside the file together with the length that it stands for,
/// and is replaced as a whole once the values are on disk; what a crash leaves behind that length is cut off at the next opening.
/// </remarks>
sealed class AppendFileStorage : IStorage
{
    const byte LineFeed = (byte)'\n';
    const int WriteAtOnce = 64 * 1024;

    readonly string _path;
    readonly StoreLock _ownership;
    readonly AppendFilePosition _positions;
    readonly SafeFileHandle _file;
    volatile State _state;
    volatile bool _closed;

    public AppendFileStorage(string path, StorageId id, StoreLock ownership)
    {
        _path = path;
        _ownership = ownership;
        _positions = new AppendFilePosition(path, id);
        try
        {
            _state = _positions.Read() ?? BeNew();
            _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
            try
            {
                CutOff();
            }
            catch
            {
                _file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed("be opened", e);
        }
    }

    public StorePosition Position => Open.Position;

    public long? SizeBytes => StoreFiles.Size(_path);

    State Open
    {
        get
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return _state;
        }
    }

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        _ = Open;
        return null;
    }

    public bool Has(ReadOnlySpan<byte> key)
    {
        _ = Open;
        return false;
    }

    public IStorageIterator Iterate(KeyRange range)
    {
        _ = Open;
        return new EmptyIterator();
    }

    public void Apply(WriteBatch writes, StorePosition position)
    {
        ArgumentNullException.ThrowIfNull(writes);
        var before = Open;
        try
        {
            var length = Append(writes, before.Length);
            if (length != before.Length)
                RandomAccess.FlushToDisk(_file);
            var after = new State(position, length);
            _positions.Write(after);
            _state = after;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CutOffIfPossible();
            throw Failed("take a batch", e);
        }
    }

    public void Clear()
    {
        _ = Open;
        try
        {
            _state = BeNew();
            CutOff();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed("be cleared", e);
        }
    }

    public void Dispose()
    {
        _closed = true;
        _file.Dispose();
        _ownership.Dispose();
    }

    State BeNew()
    {
        var state = new State(StorePosition.None, 0);
        _positions.Write(state);
        return state;
    }

    long Append(WriteBatch writes, long at)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(WriteAtOnce);
        try
        {
            var used = 0;
            for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
            {
                if (sorted.IsDelete)
                    continue;
                if (used + sorted.Value.Length + 1 > buffer.Length)
                {
                    at = Write(buffer.AsSpan(0, used), at);
                    used = 0;
                }

                if (sorted.Value.Length + 1 > buffer.Length)
                {
                    at = Write(sorted.Value, at);
                }
                else
                {
                    sorted.Value.CopyTo(buffer.AsSpan(used));
                    used += sorted.Value.Length;
                }

                buffer[used++] = LineFeed;
            }

            return Write(buffer.AsSpan(0, used), at);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    long Write(ReadOnlySpan<byte> bytes, long at)
    {
        RandomAccess.Write(_file, bytes, at);
        return at + bytes.Length;
    }

    void CutOff()
    {
        var found = RandomAccess.GetLength(_file);
        if (found < _state.Length)
        {
            throw new StorageCorruptException(
                $"The append file {_path} has {found} bytes, expected at least {_state.Length}: values that were acknowledged are gone. Delete the store "
                + "and let it be written anew from its changelog.");
        }

        if (found > _state.Length)
            RandomAccess.SetLength(_file, _state.Length);
    }

    void CutOffIfPossible()
    {
        try
        {
            CutOff();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StorageCorruptException)
        {
            // The caller gets the first error; the next batch or the next opening overwrites or cuts off what was appended.
        }
    }

    StorageException Failed(string what, Exception cause) =>
        new($"The append file {_path} could not {what}: {cause.Message} Nothing was changed. Look at the free space and the permissions there.", cause);

    internal sealed record State(StorePosition Position, long Length);
}
