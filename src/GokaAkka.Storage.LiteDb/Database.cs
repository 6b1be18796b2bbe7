using System.Collections;
using System.Reflection;
using LiteDB;
using LiteDB.Engine;

namespace GokaAkka.Storage.LiteDb;

/// <summary>An open file: LiteDB's engine with its two files, and the map of its blocks. One thread writes, any reads.</summary>
/// <remarks>
/// A block is a document of the collection <c>blocks</c> with its fence as <c>_id</c>. The store's mark, in a collection of its own, has the number of
/// blocks and the sum of their fences' checksums: a fence that damage has hidden or changed is noticed when the file is opened.
/// </remarks>
sealed class Database : IDisposable
{
    const int Format = 3;
    const string Blocks = "blocks";
    const string Marks = "store";
    const string Id = "_id";
    const string Bytes = "b";
    const int LogPages = 4000;
    const int LargestBlock = 16_000_000;

    // LiteDB keeps a document of 8,128 bytes alone on a page, whose place in the lists of free pages then never changes. 23 of them are what a document
    // has besides the bytes of fence and block. It indexes no more than 1,023 bytes.
    static readonly BlockShape Shape = new(8128 - 23, IsFilledUp: true, LongestFence: 1000);

    static readonly FieldInfo? MonitorField = typeof(LiteEngine).GetField("_monitor", BindingFlags.Instance | BindingFlags.NonPublic);

    readonly StorePlace _place;
    readonly long _cacheBytes;
    readonly PageFile _log;
    readonly PageFile? _data;
    readonly LiteEngine? _engine;
    readonly EntryBlockBuilder _builder = new();
    readonly Lock _reading = new();

    // Parsed once; its parameter is set under the lock for reading.
    readonly BsonExpression _byFence = BsonExpression.Create($"{Id} = @0", BsonValue.Null);
    readonly Lock _committing = new();
    volatile BlockMap _map;
    int _users = 1;
    bool _isAbandoned;
    bool _isClosed;

    public Database(StorePlace place, long cacheBytes)
    {
        (_place, _cacheBytes) = (place, cacheBytes);
        _log = Call("be opened", () => new PageFile(LiteDbStorageProvider.LogPath(place.Path)));
        try
        {
            _data = Call("be opened", () => new PageFile(place.Path, _log));
            var settings = new EngineSettings { Filename = place.Path, DataStream = _data, LogStream = _log, Collation = Collation.Binary };
            _engine = Call("be opened", () => new LiteEngine(settings));
            _map = Call("be opened", () => _engine.GetCollectionNames().Any() ? Read(_engine) : Create(_engine));
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>What readers see: replaced as a whole, so that a position is never read with the contents of another.</summary>
    public BlockMap Map => _map;

    /// <summary>Whether an error of the disk has closed the engine: the file has to be opened anew.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Keeps the engine open for an iterator until <see cref="Release"/>.</summary>
    public void AddUser() => Interlocked.Increment(ref _users);

    /// <summary>Closes the engine when this was its last user.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            Dispose();
    }

    /// <summary>The store lets it go, to open a file anew; iterators go on with this one while the engine works.</summary>
    public void Abandon()
    {
        HasFailed = true;
        if (!Interlocked.Exchange(ref _isAbandoned, true))
            Release();
    }

    /// <summary>A block as of a map. Any thread.</summary>
    public EntryBlock Load(BlockMap map, int index)
    {
        if (map.Find(index) is { } known)
            return known;
        lock (_reading)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(IStorage));
            var read = Call("be read", () => ReadBlock(map.Fence(index)));
            // What a batch that was committed meanwhile has replaced was kept before.
            var block = map.Find(index) ?? read ?? throw _place.Corrupt($"its block {Convert.ToHexString(map.Fence(index))} is gone");
            map.Keep(index, block, _cacheBytes);
            return block;
        }
    }

    /// <exception cref="StorageException">Nothing was applied; the file has to be opened anew.</exception>
    public void Apply(WriteBatch writes, StorePosition position)
    {
        var map = _map;
        lock (_committing)
        {
            try
            {
                _map = Call("write a batch", () => Apply(_engine!, map, writes, position));
            }
            catch
            {
                HasFailed = true;
                LeaveTransactions();
                throw;
            }
        }
    }

    public void Dispose()
    {
        lock (_reading)
        {
            if (!_isClosed)
                Close();
            _isClosed = true;
        }
    }

    void Close()
    {
        LeaveTransactions();
        _engine?.Dispose();
        _data?.Dispose();
        _log.Dispose();
    }

    // LiteDB cannot undo a transaction some of whose pages are in its log already: disposing it throws, and its finalizer, which throws as well, would end
    // the process. It has nothing that only a finalizer gives back.
    void LeaveTransactions()
    {
        var monitor = _engine is null ? null : MonitorField?.GetValue(_engine);
        if (monitor?.GetType().GetProperty("Transactions")?.GetValue(monitor) is not IEnumerable transactions)
            return;
        foreach (var transaction in transactions)
            GC.SuppressFinalize(transaction);
    }

    BlockMap Create(LiteEngine engine)
    {
        _ = engine.Pragma(Pragmas.CHECKPOINT, LogPages);
        var map = BlockMap.New(Shape);
        _ = engine.BeginTrans();
        Write(engine, map, [(map.Fence(0), map.Find(0)!)]);
        _ = engine.Commit();
        return map;
    }

    BlockMap Read(LiteEngine engine)
    {
        using var marks = engine.Query(Marks, new Query());
        if (!marks.Read())
            throw _place.Corrupt("it has collections, but nothing says whose they are");
        if (!marks.Current[Bytes].IsBinary)
            throw _place.Corrupt("its format is of another version");
        var mark = StoreMark.Decode(marks.Current[Bytes].AsBinary, _place, Format);
        var fences = new List<byte[]>();
        using (var found = engine.Query(Blocks, new Query { Select = Id }))
        {
            while (fences.Count <= mark.First && found.Read())
                fences.Add(found.Current[Id].AsBinary);
        }

        var map = new BlockMap(mark.Position, [.. fences], new EntryBlock?[fences.Count]);
        return map.Count == mark.First && map.FenceSum == mark.Second ? map : throw _place.Corrupt(
            $"found {map.Count} blocks with fences of the sum {map.FenceSum:x}, expected {mark.First} and {mark.Second:x}");
    }

    EntryBlock? ReadBlock(byte[] fence)
    {
        _byFence.Parameters["0"] = new BsonValue(fence);
        var query = new Query();
        query.Where.Add(_byFence);
        using var found = _engine!.Query(Blocks, query);
        if (!found.Read())
            return null;
        return EntryBlock.Decode(fence, found.Current[Bytes].AsBinary)
            ?? throw _place.Corrupt($"the checksum of its block {Convert.ToHexString(fence)} (hexadecimal) is wrong");
    }

    BlockMap Apply(LiteEngine engine, BlockMap map, WriteBatch writes, StorePosition position)
    {
        // Begun here, so that the blocks that have to be read are read in it: that spares a transaction for each.
        _ = engine.BeginTrans();
        var changes = BlockChange.Of(map, writes, Shape, _builder, Load);
        var next = map.With(changes, position);
        var removed = changes.SelectMany(change => Enumerable.Range(change.From, change.Old.Count)).Select(map.Fence).Where(f => !next.HasFence(f)).ToArray();
        if (removed.Length > 0)
            _ = engine.Delete(Blocks, removed.Select(fence => new BsonValue(fence)));
        Write(engine, next, changes.SelectMany(change => change.New));
        lock (_reading)
            map.Freeze(changes);
        _ = engine.Commit();
        lock (_reading)
            map.Succeed(next, _cacheBytes);
        return next;
    }

    void Write(LiteEngine engine, BlockMap map, IEnumerable<(byte[] Fence, EntryBlock Block)> puts)
    {
        var mark = new StoreMark(map.Position, map.Count, map.FenceSum).Encode(_place.Id, Format);
        _ = engine.Upsert(Blocks, puts.Select(put => Document(new BsonValue(put.Fence), put.Block.Data)), BsonAutoId.ObjectId);
        _ = engine.Upsert(Marks, [Document(1, mark)], BsonAutoId.ObjectId);
    }

    BsonDocument Document(BsonValue id, byte[] bytes) => bytes.Length <= LargestBlock
        ? new BsonDocument { [Id] = id, [Bytes] = new BsonValue(bytes) }
        : throw _place.Failed("write a batch", $"{bytes.Length} bytes of one value, or of keys with the same 1,000 first bytes, are more than LiteDB's 16 MB.");

    // LiteDB reports damage by whatever exception the damaged bytes happen to lead to, so all but those of the disk and of waiting mean damage. A commit
    // that fails closes the engine under its readers: what they run into is not damage either.
    T Call<T>(string what, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is not (StorageException or OutOfMemoryException))
        {
            lock (_committing)
                HasFailed |= e is IOException or UnauthorizedAccessException or LiteException { ErrorCode: LiteException.LOCK_TIMEOUT };
            throw HasFailed ? _place.Failed(what, e.Message, e) : _place.Corrupt($"LiteDB could not {what}: {e.Message}", e);
        }
    }
}
