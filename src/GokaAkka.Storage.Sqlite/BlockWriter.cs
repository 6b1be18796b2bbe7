namespace GokaAkka.Storage.Sqlite;

/// <summary>
/// Writes batches into blocks: each block that a batch touches is read, merged with its writes and written once, however many they are. Within the
/// writer's transaction, on its connection.
/// </summary>
sealed class BlockWriter : IDisposable
{
    /// <summary>A block that has become smaller takes the entries of the one after it.</summary>
    const int FewestBytes = Block.MostBytes / 4;

    /// <summary>So much is merged at most before it is written: a batch of new keys goes into one place and may be large.</summary>
    const int MostMerged = 8 * Block.MostBytes;

    readonly Database _database;
    readonly Statement _at;
    readonly Statement _after;
    readonly Statement _change;
    readonly Statement _add;
    readonly Statement _addFence;
    readonly Statement _remove;
    readonly Statement _removeFence;
    readonly EntryRun _run = new();
    LoadedBlock _block = new();
    LoadedBlock _next = new();

    // What the first block of the run replaces, 0 for nothing, and its fence; null where it begins with its first key.
    long _id;
    byte[]? _fence;
    byte[] _buffer = new byte[Block.MostBytes];
    long? _lastId;

    public BlockWriter(Database database)
    {
        _database = database;
        _at = database.Prepare($"{Schema.SelectBlocks} WHERE f.first <= ?1 ORDER BY f.first DESC LIMIT 1", "read a block");
        _after = database.Prepare($"{Schema.SelectBlocks} WHERE f.first > ?1 ORDER BY f.first LIMIT 1", "read a block");
        _change = database.Prepare("UPDATE blocks SET data = ?2 WHERE id = ?1", "change a block");
        _add = database.Prepare("INSERT INTO blocks VALUES (?1, ?2)", "add a block");
        _addFence = database.Prepare("INSERT INTO fences VALUES (?2, ?1)", "add a block");
        _remove = database.Prepare("DELETE FROM blocks WHERE id = ?1", "remove a block");
        _removeFence = database.Prepare("DELETE FROM fences WHERE first = ?1", "remove a block");
    }

    /// <summary>Applies all writes; keys that were not there are told to the filter.</summary>
    public void Apply(WriteBatch writes, KeyFilter? filter)
    {
        var sorted = writes.InKeyOrder();
        var more = sorted.MoveNext();
        for (var isFirst = true; more; isFirst = false)
        {
            Find(sorted.Key, isFirst);
            Merge(ref sorted, ref more, filter);
        }
    }

    public void Dispose()
    {
        _at.Dispose();
        _after.Dispose();
        _change.Dispose();
        _add.Dispose();
        _addFence.Dispose();
        _remove.Dispose();
        _removeFence.Dispose();
    }

    // The block of a key, and the one after it: which ends where the key's does, and is where the next write goes, if they are close together.
    void Find(ReadOnlySpan<byte> key, bool isFirst)
    {
        if (!isFirst)
        {
            (_block, _next) = (_next, _block);
            _next.Load(_after, _block.Fence);
        }

        if (!isFirst && !_next.StartsAtOrBefore(key))
            return;
        _block.Load(_at, key);
        _next.Load(_after, _block.Fence);
    }

    void Merge(ref WriteBatch.Sorted sorted, ref bool more, KeyFilter? filter)
    {
        _id = _block.Id;
        _fence = _block.Fence.ToArray();
        _run.Clear();
        while (true)
        {
            MergeOne(ref sorted, ref more, filter);
            if (_run.Size >= FewestBytes || !_next.IsThere)
                break;
            Remove(_next.Id, _next.Fence);
            (_block, _next) = (_next, _block);
            _next.Load(_after, _block.Fence);
        }

        if (_run.Count > 0)
            Store(_run.BytesPerBlock(FenceLength), 0);
        else if (_id != 0)
            Remove(_id, _fence);
    }

    // Takes what the block holds, and the writes that belong into it.
    void MergeOne(ref WriteBatch.Sorted sorted, ref bool more, KeyFilter? filter)
    {
        var at = 0;
        var old = _block.IsThere ? new Block(_database.Place, _block.Data) : default;
        for (; more && !_next.StartsAtOrBefore(sorted.Key); more = sorted.MoveNext())
        {
            var order = 1;
            for (; at < old.Count && (order = old.KeyAt(at).SequenceCompareTo(sorted.Key)) < 0; at++)
                _run.Add(old.EntryAt(at));
            var wasThere = at < old.Count && order == 0;
            if (wasThere)
                at++;
            if (sorted.IsDelete)
                continue;
            _run.Add(sorted.Key, sorted.Value);
            if (!wasThere)
                filter?.Add(sorted.Key);
            if (_run.Size > MostMerged)
                Store(EntryRun.BytesOfFreshBlock, leave: 2 * Block.MostBytes);
        }

        for (; at < old.Count; at++)
            _run.Add(old.EntryAt(at));
    }

    int FenceLength => _fence?.Length ?? _run.KeyAt(0, _database.Place).Length;

    // Writes blocks of about so many bytes, until the run has no more than what is to be left.
    void Store(int bytes, int leave)
    {
        var start = 0;
        while (start < _run.Count && _run.BytesFrom(start) > leave)
        {
            _fence ??= _run.KeyAt(start, _database.Place).ToArray();
            var end = _run.EndOfBlock(start, bytes, _fence.Length);
            var data = _run.BlockOf(start, end, _fence, ref _buffer);
            if (_id != 0)
            {
                _change.Bind(1, _id).Bind(2, data).Run();
            }
            else
            {
                var id = NewId();
                _add.Bind(1, id).Bind(2, data).Run();
                _addFence.Bind(1, id).Bind(2, _fence).Run();
            }

            _id = 0;
            _fence = null;
            start = end;
        }

        _run.RemoveFirst(start);
    }

    long NewId()
    {
        _lastId = 1 + (_lastId ?? _database.ReadNumber("SELECT max(id) FROM blocks", "be read"));
        return _lastId.Value;
    }

    void Remove(long id, ReadOnlySpan<byte> fence)
    {
        _remove.Bind(1, id).Run();
        _removeFence.Bind(1, fence).Run();
    }

    // A block as it was read, in a copy: its row is about to be changed.
    sealed class LoadedBlock
    {
        byte[] _fence = [];
        byte[] _data = [];
        int _fenceLength;
        int _dataLength;

        public bool IsThere => Id != 0;

        // 0 for none.
        public long Id { get; private set; }

        public ReadOnlySpan<byte> Fence => _fence.AsSpan(0, _fenceLength);

        public ReadOnlySpan<byte> Data => _data.AsSpan(0, _dataLength);

        public bool StartsAtOrBefore(ReadOnlySpan<byte> key) => IsThere && Fence.SequenceCompareTo(key) <= 0;

        public void Load(Statement statement, ReadOnlySpan<byte> key)
        {
            try
            {
                Id = statement.Bind(1, key).Step() ? statement.Number(1) : 0;
                Keep(IsThere ? statement.Bytes(0) : default, ref _fence, out _fenceLength);
                Keep(IsThere ? statement.Bytes(2) : default, ref _data, out _dataLength);
            }
            finally
            {
                statement.Reset();
            }
        }

        static void Keep(ReadOnlySpan<byte> bytes, ref byte[] buffer, out int length)
        {
            length = bytes.Length;
            if (buffer.Length < length)
                buffer = new byte[Math.Max(length, 64)];
            bytes.CopyTo(buffer);
        }
    }
}
