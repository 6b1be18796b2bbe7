using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using GokaAkka.Codecs;
using GokaAkka.Records;
using GokaAkka.Storage;

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
    readonly Lock _gate = new();
    readonly TableCache<T> _cache;
    readonly ICodec<T> _codec;
    readonly ArrayBufferWriter<byte> _scratch = new(256);
    readonly long _maxDirtyBytes;
    UnsentKeys<T>? _unsent;
    List<CacheEntry<T>> _dirty = [];
    WriteBatch _spare = new();
    long _dirtyBytes;
    long _epoch = 1;
    long _flushedEpoch;

    // Counts the moments at which the store's contents changed, so that a value read from it before such a moment is not cached after it.
    long _storeVersion;

    public PartitionTable(StorageId id, ICodec<T> codec, IStorage store, long cacheBytes)
        : base(id, store)
    {
        _codec = codec;
        _cache = new TableCache<T>(cacheBytes);
        _maxDirtyBytes = Math.Max(64 * 1024, cacheBytes / 2);
    }

    /// <summary>Keys changed since the last flush was taken.</summary>
    public int DirtyCount => _dirty.Count;

    /// <summary>So much is waiting for a flush that it should not wait for its time.</summary>
    public bool IsFlushUrgent => _dirtyBytes > _maxDirtyBytes;

    public int CachedKeys => _cache.Count;

    public override long CachedBytes => _cache.Bytes;

    /// <summary>From now on, notes which keys are changed: their changelog records are sent later, by the caller.</summary>
    public UnsentKeys<T> TrackUnsent() => _unsent = new UnsentKeys<T>();

    /// <inheritdoc cref="TableCache{T}.Prefetch"/>
    public void Prefetch(ulong hash, PrefetchStep step) => _cache.Prefetch(hash, step);

    /// <summary>The newest value of a key. Any thread.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out T value)
    {
        var hash = KeyHash.Compute(key);
        long version;
        lock (_gate)
        {
            if (_cache.Find(key, hash) is { } hit)
            {
                CacheHits++;
                return Read(hit, out value);
            }

            CacheMisses++;
            version = _storeVersion;
        }

        // The store is read without the lock: a slow disk must not hold up those whose keys are in memory.
        var stored = Store.Get(key);
        lock (_gate)
        {
            var entry = _cache.Find(key, hash);
            if (entry is null && version == _storeVersion)
            {
                entry = _cache.Add(key, hash);
                if (stored is not null)
                    _cache.SetValue(entry, stored);
                _cache.Trim(_flushedEpoch);
            }

            if (entry is not null)
                return Read(entry, out value);
        }

        if (stored is null)
        {
            value = default;
            return false;
        }

        value = _codec.Decode(stored);
        return true;
    }

    /// <inheritdoc/>
    public override byte[]? GetBytes(ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            if (_cache.Find(key, KeyHash.Compute(key)) is { } entry)
                return entry.IsAbsent ? null : entry.Value.ToArray();
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
            var entry = Touch(key, headers);
            var before = entry.Cost;
            _cache.SetValue(entry, encoded);
            _dirtyBytes += entry.Cost - before;
            if (_codec.IsImmutable)
            {
                entry.Decoded = value;
                entry.HasDecoded = true;
            }
        }
    }

    /// <summary>Removes a key. The partition's thread.</summary>
    public void Delete(ReadOnlySpan<byte> key, Headers? headers = null)
    {
        lock (_gate)
            Touch(key, headers).SetAbsent();
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
            foreach (var entry in _dirty)
            {
                if (entry.IsAbsent)
                    writes.Delete(entry.Key);
                else
                    writes.Put(entry.Key, entry.Value);
            }

            _dirty.Clear();
            _dirtyBytes = 0;
            return new TableFlush(writes, _epoch++);
        }
    }

    /// <summary>Writes a flush to the store. Any thread; blocks as long as the disk takes.</summary>
    /// <exception cref="StorageException">Nothing was written.</exception>
    public void WriteFlush(TableFlush flush) => Store.Apply(flush.Writes, flush.Position);

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
        Store.Apply(writes, position);
        lock (_gate)
        {
            _storeVersion++;
            if (_cache.Count == 0)
                return;
            Refresh(writes);
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

    bool Read(CacheEntry<T> entry, [MaybeNullWhen(false)] out T value)
    {
        if (entry.IsAbsent)
        {
            value = default;
            return false;
        }

        if (entry.HasDecoded)
        {
            value = entry.Decoded!;
            return true;
        }

        value = _codec.Decode(entry.Value);
        if (_codec.IsImmutable)
        {
            entry.Decoded = value;
            entry.HasDecoded = true;
        }

        return true;
    }

    CacheEntry<T> Touch(ReadOnlySpan<byte> key, Headers? headers)
    {
        var hash = KeyHash.Compute(key);
        var entry = _cache.Find(key, hash);
        if (entry is null)
        {
            _cache.Trim(_flushedEpoch);
            entry = _cache.Add(key, hash);
        }

        if (_unsent is not null)
        {
            _unsent.Add(entry);
            entry.UnsentHeaders = headers;
        }

        if (entry.DirtyEpoch == _epoch)
            return entry;
        entry.DirtyEpoch = _epoch;
        _dirty.Add(entry);
        _dirtyBytes += entry.Cost;
        return entry;
    }

    void Refresh(WriteBatch writes)
    {
        for (var i = 0; i < writes.Count; i++)
        {
            var key = writes.KeyAt(i);
            if (_cache.Find(key, KeyHash.Compute(key)) is not { } entry)
                continue;
            if (writes.IsDelete(i))
                entry.SetAbsent();
            else
                _cache.SetValue(entry, writes.ValueAt(i));
        }
    }
}

/// <summary>One partition of a table, of whatever type.</summary>
abstract class PartitionTable(StorageId id, IStorage store) : IDisposable
{
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

    /// <summary>Closes the store. What was not flushed is in the changelog.</summary>
    public void Dispose() => Store.Dispose();
}
