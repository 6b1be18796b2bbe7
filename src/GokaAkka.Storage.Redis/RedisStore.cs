using StackExchange.Redis;

namespace GokaAkka.Storage.Redis;

/// <summary>A store's keys on the server, held by one owner: what is sent there and what comes back.</summary>
/// <remarks>
/// The lock ends by itself when its owner crashes. Every transaction requires that the lock is still this owner's, so one that was away for too
/// long writes nothing.
/// </remarks>
sealed class RedisStore : IDisposable
{
    // Cleared contents that a crashed owner left behind go by themselves.
    static readonly TimeSpan ClearedStay = TimeSpan.FromDays(1);

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
            page[2 * i] = redis.call('HGET', KEYS[1], 'k' .. key)
        end
        return page
        """;

    readonly SharedConnection.Lease _connection;
    readonly RedisStorageOptions _options;
    readonly RedisValue _token = $"process {Environment.ProcessId} on {Environment.MachineName} ({Guid.NewGuid():n})";
    readonly Timer _renewal;

    public RedisStore(SharedConnection.Lease connection, StoreNames names, RedisStorageOptions options)
    {
        _connection = connection;
        _options = options;
        Names = names;
        TakeLock();
        var period = options.LockTime / 3;
        _renewal = new Timer(_ => RenewLock(), null, period, period);
    }

    public StoreNames Names { get; }

    IDatabase Database => _connection.Database;

    /// <summary>The position; where there is none yet, a new store is begun.</summary>
    public StorePosition ReadPosition() => Call("read its position", () =>
    {
        var position = Database.HashGet(Names.Contents.Entries, Position.Field);
        if (!position.IsNull)
            return Position.Decode(position, Names);
        if (Database.KeyExists(Names.Contents.Entries) || Database.KeyExists(Names.Contents.Keys))
            throw Names.Corrupt("it has entries and no position");
        Commit(transaction => transaction.HashSetAsync(Names.Contents.Entries, Position.Field, Position.Encode(StorePosition.None)));
        return StorePosition.None;
    });

    /// <summary>The values of keys; null for one that is absent.</summary>
    public byte[]?[] Read(byte[][] keys) => Call("be read", () =>
    {
        var values = Database.HashGet(Names.Contents.Entries, [Position.Field, .. keys.Select(key => Position.Entry(key))]);
        if (values[0].IsNull)
            throw Evicted();
        return Array.ConvertAll(values[1..], value => (byte[]?)value);
    });

    /// <summary>The next entries of a range.</summary>
    public List<StoredEntry> ReadEntries(ContentNames contents, byte[] from, bool isAfter, ReadOnlyMemory<byte>? limit, int count) =>
        Call("be iterated over", () =>
        {
            RedisValue[] arguments =
                [Bound(isAfter ? '(' : '[', from), limit is { } end ? Bound('(', end.Span) : (RedisValue)"+", count, Position.Field];
            var found = Database.ScriptEvaluate(ReadPage, [contents.Entries, contents.Keys], arguments);
            if (found.IsNull)
                throw Evicted();
            var values = (RedisValue[])found!;
            var page = new List<StoredEntry>(values.Length / 2);
            for (var i = 0; i < values.Length; i += 2)
                page.Add(new StoredEntry(values[i]!, (byte[]?)values[i + 1] ?? throw Evicted()));
            return page;
        });

    public StorePosition Write(WriteBatch writes, StorePosition position) => Call("take a batch", () =>
    {
        Commit(transaction =>
        {
            var puts = new List<HashEntry>(EntriesPerCommand);
            var keys = new List<SortedSetEntry>(EntriesPerCommand);
            var deletions = new List<RedisValue>();
            for (var sorted = writes.InKeyOrder(); sorted.MoveNext();)
            {
                if (sorted.IsDelete)
                {
                    deletions.Add(sorted.Key.ToArray());
                    continue;
                }

                puts.Add(new HashEntry(Position.Entry(sorted.Key), sorted.Value.ToArray()));
                keys.Add(new SortedSetEntry(sorted.Key.ToArray(), 0));
            }

            foreach (var some in puts.Chunk(EntriesPerCommand))
                _ = transaction.HashSetAsync(Names.Contents.Entries, some);
            foreach (var some in keys.Chunk(EntriesPerCommand))
                _ = transaction.SortedSetAddAsync(Names.Contents.Keys, some);
            foreach (var some in deletions.Chunk(EntriesPerCommand))
            {
                _ = transaction.HashDeleteAsync(Names.Contents.Entries, Array.ConvertAll(some, key => Position.Entry((byte[])key!)));
                _ = transaction.SortedSetRemoveAsync(Names.Contents.Keys, some);
            }

            return transaction.HashSetAsync(Names.Contents.Entries, Position.Field, Position.Encode(position));
        });
        return position;
    });

    /// <summary>Begins anew and gives the contents another name, for iterators that are on them.</summary>
    public ContentNames SetAside() => Call("be cleared", () =>
    {
        var cleared = Names.Cleared();
        // A sorted set without members is no key, and cannot be renamed.
        var hasKeys = Database.KeyExists(Names.Contents.Keys);
        Commit(transaction =>
        {
            _ = transaction.KeyRenameAsync(Names.Contents.Entries, cleared.Entries);
            _ = transaction.KeyExpireAsync(cleared.Entries, ClearedStay);
            if (hasKeys)
            {
                _ = transaction.KeyRenameAsync(Names.Contents.Keys, cleared.Keys);
                _ = transaction.KeyExpireAsync(cleared.Keys, ClearedStay);
            }

            return transaction.HashSetAsync(Names.Contents.Entries, Position.Field, Position.Encode(StorePosition.None));
        });
        return cleared;
    });

    /// <summary>Removes contents that no iterator is on any more; the server frees them in its own time.</summary>
    public void Discard(ContentNames contents) => Call("be cleared", () => Database.Execute("UNLINK", contents.Entries, contents.Keys));

    /// <summary>Removes everything, whatever it is.</summary>
    public void Remove() => Discard(Names.Contents);

    public void Dispose()
    {
        _renewal.Dispose();
        try
        {
            _ = Database.ScriptEvaluate(Release, [Names.Owner], [_token]);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The lock ends by itself.
        }

        _connection.Dispose();
    }

    void TakeLock() => Call("be opened", () =>
    {
        if (Database.StringSet(Names.Owner, _token, _options.LockTime, When.NotExists))
            return true;
        throw new StorageLockedException(
            $"The Redis store {Names} is held by {Database.StringGet(Names.Owner)}. A store has one owner: stop that one, or give this one a namespace of "
            + $"its own. After a crash the lock ends within {_options.LockTime.TotalSeconds:0} s.");
    });

    void RenewLock()
    {
        try
        {
            _ = Database.ScriptEvaluate(Renew, [Names.Owner], [_token, (long)_options.LockTime.TotalMilliseconds]);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // The next batch finds out whether the lock is still held.
        }
    }

    void Commit(Func<ITransaction, Task> commands)
    {
        var transaction = Database.CreateTransaction();
        _ = transaction.AddCondition(Condition.StringEqual(Names.Owner, _token));
        var last = commands(transaction);
        if (!transaction.Execute())
        {
            throw new StorageLockedException(
                $"The Redis store {Names} is no longer held by this process: its lock ran out after {_options.LockTime.TotalSeconds:0} s without renewal. "
                + "Nothing was applied. Open the store again.");
        }

        // The commands of a transaction are answered before the transaction is: this only tells what the last one failed of.
        last.GetAwaiter().GetResult();
    }

    static RedisValue Bound(char kind, ReadOnlySpan<byte> key)
    {
        var bound = new byte[key.Length + 1];
        bound[0] = (byte)kind;
        key.CopyTo(bound.AsSpan(1));
        return bound;
    }

    StorageCorruptException Evicted() =>
        Names.Corrupt("some of it is gone from the server, which has evicted or removed it (maxmemory-policy should be noeviction)");

    T Call<T>(string what, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (RedisServerException e) when (e.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            throw Names.Corrupt("another program has put something else under its names", e);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new StorageException($"The Redis store {Names} could not {what}: {e.Message} Look at the server and the way there.", e);
        }
    }
}
