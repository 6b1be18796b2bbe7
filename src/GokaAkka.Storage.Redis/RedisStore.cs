using StackExchange.Redis;

namespace GokaAkka.Storage.Redis;

/// <summary>A store's keys on the server, held by one owner: what is sent there and what comes back.</summary>
/// <remarks>
/// The lock ends by itself when its owner crashes. Every transaction requires that the lock is still this owner's, so one that was away for too
/// long writes nothing.
/// </remarks>
sealed class RedisStore : IDisposable
{
    const int Format = 2;

    // How many entries one command of a transaction carries.
    const int EntriesPerCommand = 1000;

    const string Renew = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0";
    const string Release = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

    // A page of keys and values, read at one moment. Without the position, or with a value for no key, something was evicted or removed.
    const string ReadPage =
        """
        if redis.call('HEXISTS', KEYS[1], ARGV[4]) == 0 or redis.call('HLEN', KEYS[1]) - 1 ~= redis.call('ZCARD', KEYS[2]) then return false end
        local page = {}
        for i, key in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])) do
            page[2 * i - 1] = key
            page[2 * i] = redis.call('HGET', KEYS[1], '\1' .. key)
        end
        return page
        """;

    static readonly RedisValue Mark = StoredKey.Mark.ToArray();

    readonly SharedConnection _connection;
    readonly RedisNames _names;
    readonly RedisStorageOptions _options;
    readonly IDatabase _database;
    readonly RedisValue _token = $"process {Environment.ProcessId} on {Environment.MachineName} ({Guid.NewGuid():n})";
    readonly Timer _renewal;

    public RedisStore(SharedConnection connection, RedisNames names, RedisStorageOptions options)
    {
        (_connection, _names, _options) = (connection, names, options);
        _database = connection.Take(names.Place);
        try
        {
            TakeLock();
        }
        catch
        {
            connection.Give();
            throw;
        }

        var period = options.LockTime / 3;
        _renewal = new Timer(_ => RenewLock(), null, period, period);
    }

    /// <summary>The position; where there is none yet, a new store is begun.</summary>
    public StorePosition ReadPosition() => Call("read its position", () =>
    {
        if ((byte[]?)_database.HashGet(_names.Entries, Mark) is { } mark)
            return StoreMark.Decode(mark, _names.Place, Format).Position;
        if (_database.KeyExists(_names.Entries) || _database.KeyExists(_names.Keys))
            throw _names.Place.Corrupt("it has entries, but nothing says whose they are");
        Commit(transaction => PutMark(transaction, StorePosition.None));
        return StorePosition.None;
    });

    /// <summary>The values of keys; null for one that is absent.</summary>
    public byte[]?[] Read(byte[][] keys) => Call("be read", () =>
    {
        var values = _database.HashGet(_names.Entries, [Mark, .. keys.Select(key => Field(key))]);
        if (values[0].IsNull)
            throw Evicted();
        return Array.ConvertAll(values[1..], value => (byte[]?)value);
    });

    /// <summary>The next entries of a range.</summary>
    public List<StoredEntry> ReadEntries(byte[] from, bool isAfter, ReadOnlyMemory<byte>? limit, int count) =>
        Call("be iterated over", () =>
        {
            RedisValue[] arguments =
                [Bound(isAfter ? '(' : '[', from), limit is { } end ? Bound('(', end.Span) : (RedisValue)"+", count, Mark];
            var found = _database.ScriptEvaluate(ReadPage, [_names.Entries, _names.Keys], arguments);
            if (found.IsNull)
                throw Evicted();
            var values = (RedisValue[])found!;
            var page = new List<StoredEntry>(values.Length / 2);
            for (var i = 0; i < values.Length; i += 2)
                page.Add(new StoredEntry(values[i]!, (byte[]?)values[i + 1] ?? throw Evicted()));
            return page;
        });

    public void Write(WriteBatch writes, StorePosition position) => Call("take a batch", () => Commit(transaction =>
    {
        var puts = new List<HashEntry>(EntriesPerCommand);
        var keys = new List<SortedSetEntry>(EntriesPerCommand);
        var deletions = new List<RedisValue>();
        for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
        {
            RedisValue key = sorted.Key.ToArray();
            if (sorted.IsDelete)
            {
                deletions.Add(key);
                continue;
            }

            puts.Add(new HashEntry(Field(sorted.Key), sorted.Value.ToArray()));
            keys.Add(new SortedSetEntry(key, 0));
        }

        foreach (var some in puts.Chunk(EntriesPerCommand))
            _ = transaction.HashSetAsync(_names.Entries, some);
        foreach (var some in keys.Chunk(EntriesPerCommand))
            _ = transaction.SortedSetAddAsync(_names.Keys, some);
        foreach (var some in deletions.Chunk(EntriesPerCommand))
        {
            _ = transaction.HashDeleteAsync(_names.Entries, Array.ConvertAll(some, key => Field((byte[])key!)));
            _ = transaction.SortedSetRemoveAsync(_names.Keys, some);
        }

        return PutMark(transaction, position);
    }));

    /// <summary>Begins anew; the server frees what there was in its own time.</summary>
    public void Clear() => Call("be cleared", () => Commit(transaction =>
    {
        _ = transaction.ExecuteAsync("UNLINK", _names.Entries, _names.Keys);
        return PutMark(transaction, StorePosition.None);
    }));

    /// <summary>Removes everything, whatever it is.</summary>
    public void Remove() => Call("be removed", () => _database.Execute("UNLINK", _names.Entries, _names.Keys));

    public void Dispose()
    {
        _renewal.Dispose();
        try
        {
            _ = _database.ScriptEvaluate(Release, [_names.Owner], [_token]);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The lock ends by itself.
        }

        _connection.Give();
    }

    void TakeLock() => Call("be opened", () =>
    {
        if (_database.StringSet(_names.Owner, _token, _options.LockTime, When.NotExists))
            return true;
        throw new StorageLockedException(
            $"{_names.Place} is held by {_database.StringGet(_names.Owner)}. A store has one owner: stop that one, or give this one a namespace of "
            + $"its own. After a crash the lock ends within {_options.LockTime.TotalSeconds:0} s.");
    });

    void RenewLock()
    {
        try
        {
            _ = _database.ScriptEvaluate(Renew, [_names.Owner], [_token, (long)_options.LockTime.TotalMilliseconds]);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // The next batch finds out whether the lock is still held.
        }
    }

    bool Commit(Func<ITransaction, Task> commands)
    {
        var transaction = _database.CreateTransaction();
        _ = transaction.AddCondition(Condition.StringEqual(_names.Owner, _token));
        var last = commands(transaction);
        if (!transaction.Execute())
        {
            throw new StorageLockedException(
                $"{_names.Place} is no longer held by this process: its lock ran out after {_options.LockTime.TotalSeconds:0} s without renewal. "
                + "Nothing was applied. Open the store again.");
        }

        // The commands of a transaction are answered before the transaction is: this only tells what the last one failed of.
        last.GetAwaiter().GetResult();
        return true;
    }

    Task<bool> PutMark(ITransaction transaction, StorePosition position) =>
        transaction.HashSetAsync(_names.Entries, Mark, new StoreMark(position).Encode(_names.Place.Id, Format));

    static RedisValue Field(ReadOnlySpan<byte> key) => StoredKey.Of(key, stackalloc byte[StoredKey.Room]).ToArray();

    static RedisValue Bound(char kind, ReadOnlySpan<byte> key)
    {
        var bound = new byte[key.Length + 1];
        bound[0] = (byte)kind;
        key.CopyTo(bound.AsSpan(1));
        return bound;
    }

    StorageCorruptException Evicted() =>
        _names.Place.Corrupt("some of it is gone from the server, which has evicted or removed it (maxmemory-policy should be noeviction)");

    T Call<T>(string what, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (RedisServerException e) when (e.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            throw _names.Place.Corrupt("another program has put something else under its names", e);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new StorageException($"{_names.Place} could not {what}: {e.Message} Look at the server and the way there.", e);
        }
    }
}
