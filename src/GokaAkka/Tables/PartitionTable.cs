using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using GokaAkka.Codecs;

namespace GokaAkka.Tables;

/// <summary>
/// One partition of a table: a write-behind cache over the local store. The partition's thread writes; any thread reads. Changes stay in the
/// cache until a flush, which happens only once their changelog records are acknowledged: so the store never holds what Kafka does not.
/// </summary>
/// <remarks>
/// Invariant: a key's newest value is in the cache entry if there is one, else in the store. Entries of epochs not flushed are never evicted.
/// </remarks>
sealed class PartitionTable<T> : PartitionTable
{
    // How many entries a flush looks ahead.
    const int Ahead = 4;

    readonly Lock _gate = new();
    readonly TableCache<T> _cache;
    readonly ICodec<T> _codec;
    readonly long _maxDirtyBytes;
    UnsentKeys<T>? _unsent;
    readonly List<int> _dirty = [];
    WriteBatch _spare = new();
    long _dirtyBytes;
    long _epoch = 1;
    long _flushedEpoch;

    // Counts the moments at which the store's contents changed, so that a value read from it before such a moment is not cached after it.
    long _storeVersion;

    // While changes from the changelog are written, any of them may be in the store and not yet in the cache: only the store says what is newest.
    bool _isApplying;

    public PartitionTable(StorageId id, ICodec<T> codec, IStorage store, long cacheBytes)
        : base(id, store)
    {
        _codec = codec;
        _cache = new TableCache<T>(cacheBytes);
        _maxDirtyBytes = Math.Max(64 * 1024, cacheBytes / 2);
    }

    /// <summary>Keys changed since the last flush was taken.</summary>
    public int DirtyCount => _dirty.Count;

    /// <summary>Whether all it has is in the store.</summary>
    public bool IsFlushed => _dirty.Count == 0 && _flushedEpoch == _epoch - 1;

    /// <summary>So much is waiting for a flush that it should not wait for its time.</summary>
    public bool IsFlushUrgent => _dirtyBytes > _maxDirtyBytes;

    public int CachedKeys => _cache.Count;

    public override long CachedBytes => _cache.Bytes;

    /// <summary>From now on, notes which keys are changed: their changelog records are sent later, by the caller.</summary>
    public UnsentKeys<T> TrackUnsent()
    {
        lock (_gate)
        {
            _unsent?.Abandon();
            return _unsent = new UnsentKeys<T>(_cache, _gate);
        }
    }

    /// <inheritdoc cref="TableCache{T}.Prefetch(ulong, PrefetchStep)"/>
    public void Prefetch(ulong hash, PrefetchStep step) => _cache.Prefetch(hash, step);

    /// <summary>The newest value of a key. Any thread.</summary>
    /// <exception cref="TableValueException">The codec cannot read it.</exception>
    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out T value)
    {
        var hash = KeyHash.Compute(key);
        byte[]? stored = null;
        EncodedCopy encoded;
        var found = Found.NotHere;
        long version;
        lock (_gate)
        {
            if (FindNewest(key, hash) is var hit and not 0)
            {
                CacheHits++;
                found = Peek(ref _cache[hit], out value, out encoded);
            }
            else
            {
                CacheMisses++;
                value = default!;
                encoded = default;
            }

            version = _storeVersion;
        }

        if (found == Found.NotHere)
        {
            // The store is read without the lock: a slow disk must not hold up those whose keys are in memory.
            stored = Store.Get(key);
            lock (_gate)
            {
                var index = FindNewest(key, hash);
                if (index == 0 && version == _storeVersion && !_isApplying)
                {
                    index = Add(key, hash, stored?.Length ?? 0);
                    if (stored is not null)
                        _cache.SetValue(ref _cache[index], stored);
                }

                if (index != 0)
                    found = Peek(ref _cache[index], out value, out encoded);
            }
        }

        switch (found)
        {
            case Found.Decoded:
                return true;
            case Found.Encoded:
                value = Decode(key, hash, ref encoded);
                return true;
            case Found.NotHere when stored is not null:
                value = TableValueException.Decode(_codec, stored, key, Id.Owner, Id.Topic, Id.Partition);
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public override byte[]? GetBytes(ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            if (FindNewest(key, KeyHash.Compute(key)) is var index and not 0)
                return _cache[index].IsAbsent ? null : _cache.Value(ref _cache[index]).ToArray();
        }

        return Store.Get(key);
    }

    /// <summary>Sets a key. The partition's thread.</summary>
    /// <param name="key">The key.</param>
    /// <param name="encoded">The value's bytes.</param>
    /// <param name="value">The value itself, kept when the codec says that it does not change.</param>
    /// <param name="headers">What its changelog record is to have, where that is sent later.</param>
    public void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> encoded, T value, Headers? headers = null)
    {
        lock (_gate)
        {
            ref var entry = ref Touch(key, encoded.Length, headers);
            var before = _cache.Cost(ref entry);
            _cache.SetValue(ref entry, encoded);
            _dirtyBytes += _cache.Cost(ref entry) - before;
            if (_codec.IsImmutable)
                entry.SetDecoded(value);
        }
    }

    /// <summary>Removes a key. The partition's thread.</summary>
    public void Delete(ReadOnlySpan<byte> key, Headers? headers = null)
    {
        lock (_gate)
        {
            ref var entry = ref Touch(key, 0, headers);
            var before = _cache.Cost(ref entry);
            _cache.SetAbsent(ref entry);
            _dirtyBytes += _cache.Cost(ref entry) - before;
        }
    }

    /// <summary>
    /// Takes what has changed since the last time, as it is now; null when nothing has. One flush at a time: the next waits for
    /// <see cref="EndFlush"/>. The partition's thread.
    /// </summary>
    public TableFlush? BeginFlush()
    {
        lock (_gate)
        {
            if (_dirty.Count == 0)
                return null;
            var writes = _spare;
            writes.Clear();
            CopyDirty(writes);
            _dirty.Clear();
            _dirtyBytes = 0;
            return new TableFlush(writes, _epoch++);
        }
    }

    /// <summary>Writes a flush to the store. Any thread; blocks as long as the disk takes.</summary>
    /// <exception cref="StorageException">Nothing was written.</exception>
    public void WriteFlush(TableFlush flush) => Write(flush.Writes, flush.Position);

    /// <summary>The flush is in the store. The partition's thread.</summary>
    public void EndFlush(TableFlush flush)
    {
        lock (_gate)
        {
            _flushedEpoch = flush.Epoch;
            _storeVersion++;
            _cache.Trim(_flushedEpoch);
            flush.Writes.Clear();
            _spare = flush.Writes;
        }
    }

    /// <summary>Writes changes that come from the changelog, which Kafka has already, to the store. One thread at a time.</summary>
    /// <exception cref="StorageException">Nothing was written.</exception>
    public void ApplyChangelog(WriteBatch writes, StorePosition position)
    {
        lock (_gate)
            _isApplying = true;
        var isApplied = false;
        try
        {
            Write(writes, position);
            isApplied = true;
        }
        finally
        {
            lock (_gate)
            {
                _isApplying = false;
                _storeVersion++;
                if (isApplied && _cache.Count > 0)
                    Refresh(writes);
            }
        }
    }

    /// <summary>Removes a key from the local table alone; its next changelog record brings it back. The one thread that applies the changelog.</summary>
    public void Evict(Key key)
    {
        using var writes = new WriteBatch();
        writes.Delete(key.Span);
        ApplyChangelog(writes, Store.Position);
    }

    /// <summary>Empties the store and the cache, to restore from the start.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            Store.Clear();
            _storeVersion++;
            _cache.Clear();
            _unsent?.Clear();
            _dirty.Clear();
            _dirtyBytes = 0;
        }
    }

    /// <inheritdoc/>
    public override IStorageIterator Iterate(KeyRange range)
    {
        lock (_gate)
        {
            var overlay = new SortedList<Key, byte[]?>();
            _cache.CopyUnflushed(_flushedEpoch, range, overlay);
            return new OverlayIterator(Store.Iterate(range), overlay);
        }
    }

    /// <summary>The entry with a key's newest value; 0 where the store has to be asked.</summary>
    int FindNewest(ReadOnlySpan<byte> key, ulong hash) => _isApplying ? 0 : _cache.Find(key, hash);

    // What the cache has of a key.
    enum Found { NotHere, Absent, Decoded, Encoded }

    /// <summary>Under the lock. A value that is not decoded yet is copied: decoding is the user's code, and so is called without the lock.</summary>
    Found Peek(ref CacheEntry<T> entry, out T value, out EncodedCopy encoded)
    {
        var found = entry.IsAbsent ? Found.Absent : entry.HasDecoded ? Found.Decoded : Found.Encoded;
        value = found == Found.Decoded ? entry.Decoded! : default!;
        encoded = found == Found.Encoded ? EncodedCopy.Of(_cache.Value(ref entry)) : default;
        return found;
    }

    T Decode(ReadOnlySpan<byte> key, ulong hash, ref EncodedCopy encoded)
    {
        try
        {
            var value = TableValueException.Decode(_codec, encoded.Span, key, Id.Owner, Id.Topic, Id.Partition);
            if (_codec.IsImmutable)
            {
                lock (_gate)
                {
                    if (FindNewest(key, hash) is var index and not 0 && !_cache[index].IsAbsent && _cache.Value(ref _cache[index]).SequenceEqual(encoded.Span))
                        _cache[index].SetDecoded(value);
                }
            }

            return value;
        }
        finally
        {
            encoded.GiveBack();
        }
    }

    // Before, not after: what was added is there until the next time.
    int Add(ReadOnlySpan<byte> key, ulong hash, int valueLength)
    {
        _cache.Trim(_flushedEpoch);
        return _cache.Add(key, hash, valueLength);
    }

    ref CacheEntry<T> Touch(ReadOnlySpan<byte> key, int valueLength, Headers? headers)
    {
        var hash = KeyHash.Compute(key);
        var index = _cache.Find(key, hash);
        if (index == 0)
            index = Add(key, hash, valueLength);
        _unsent?.Add(index, headers);
        ref var entry = ref _cache[index];
        if (entry.DirtyEpoch == _epoch)
            return ref entry;
        entry.DirtyEpoch = _epoch;
        _dirty.Add(index);
        _dirtyBytes += _cache.Cost(ref entry);
        return ref entry;
    }

    void CopyDirty(WriteBatch writes)
    {
        var dirty = CollectionsMarshal.AsSpan(_dirty);
        for (var i = 0; i < dirty.Length; i++)
        {
            // They are anywhere in the cache, and most have left the processor's caches since they were changed.
            if (i + 2 * Ahead < dirty.Length)
                _cache.Prefetch(dirty[i + 2 * Ahead], PrefetchStep.Entry);
            if (i + Ahead < dirty.Length)
                _cache.Prefetch(dirty[i + Ahead], PrefetchStep.Data);
            ref var entry = ref _cache[dirty[i]];
            if (entry.IsAbsent)
                writes.DeleteNew(entry.Hash, _cache.Key(ref entry));
            else
                writes.PutNew(entry.Hash, _cache.Key(ref entry), _cache.Value(ref entry));
        }
    }

    void Refresh(WriteBatch writes)
    {
        for (var i = 0; i < writes.Count; i++)
        {
            var key = writes.KeyAt(i);
            var index = _cache.Find(key, KeyHash.Compute(key));
            if (index == 0)
                continue;
            if (writes.IsDelete(i))
                _cache.SetAbsent(ref _cache[index]);
            else
                _cache.SetValue(ref _cache[index], writes.ValueAt(i));
        }
    }
}

/// <summary>One partition of a table, of whatever type.</summary>
abstract class PartitionTable(StorageId id, IStorage store) : IDisposable
{
    readonly Lock _closing = new();
    bool _isWriting;
    bool _isClosed;
    long _offset;

    /// <summary>Whose it is, and which.</summary>
    public StorageId Id { get; } = id;

    /// <summary>The local store.</summary>
    public IStorage Store { get; } = store;

    /// <summary>
    /// The first changelog offset that readers may not see yet. It is raised after what is before it can be read: who reads it first and the table
    /// then has seen at least so much. Any thread.
    /// </summary>
    public long Offset
    {
        get => Interlocked.Read(ref _offset);
        set => Interlocked.Exchange(ref _offset, value);
    }

    /// <summary>The newest encoded value of a key, copied, or null. Any thread.</summary>
    public abstract byte[]? GetBytes(ReadOnlySpan<byte> key);

    /// <summary>Iterates over a range as of now, changes that are not in the store yet included. Any thread.</summary>
    public abstract IStorageIterator Iterate(KeyRange range);

    /// <summary>What the cache takes, about, in bytes. Any thread.</summary>
    public abstract long CachedBytes { get; }

    /// <summary>Reads that the cache has answered. Any thread.</summary>
    public long CacheHits { get; protected set; }

    /// <summary>Reads that went to the store. Any thread.</summary>
    public long CacheMisses { get; protected set; }

    /// <summary>Writes to the store. Who closes it meanwhile leaves that to the end of the write.</summary>
    protected void Write(WriteBatch writes, StorePosition position)
    {
        lock (_closing)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _isWriting = true;
        }

        try
        {
            Store.Apply(writes, position);
        }
        finally
        {
            bool isLeftToClose;
            lock (_closing)
                (_isWriting, isLeftToClose) = (false, _isClosed);
            if (isLeftToClose)
                Store.Dispose();
        }
    }

    /// <summary>Closes the store, at once or at the end of the write that is under way. What was not flushed is in the changelog. Any thread.</summary>
    public void Dispose()
    {
        lock (_closing)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            if (_isWriting)
                return;
        }

        Store.Dispose();
    }
}
