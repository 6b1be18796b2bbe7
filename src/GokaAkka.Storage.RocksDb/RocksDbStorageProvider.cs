namespace GokaAkka.Storage.RocksDb;

/// <summary>Keeps every table partition in a RocksDB directory of its own: for tables larger than memory and for small disks. RocksDB is a native library.</summary>
/// <remarks>
/// In the place of goka's LevelDB builder. There is no write-ahead log: a crash loses the batches that are not on the disk yet, position and entries together,
/// and they are read from the changelog again. Batches go to the disk when a memory table is full, at least every <see cref="FlushInterval"/> and at the end.
/// </remarks>
/// <param name="directory">Where the stores live: <c>directory/owner/topic.partition.rocksdb/</c>. Made when absent. Not a folder that is emptied at a reboot.</param>
/// <exception cref="ArgumentException">The directory is empty.</exception>
public sealed class RocksDbStorageProvider(string directory) : FileStorageProvider(directory, "RocksDB")
{
    const int LeastMemory = 1 << 20;

    readonly Lock _gate = new();
    RocksDbMemory? _memory;

    RocksDbStorageProvider(string directory, IStoreSettings settings) : this(directory)
    {
        MemoryBytes = settings.Text("memory") == "auto" ? MemoryBytes : settings.Size("memory", LeastMemory);
        FlushInterval = settings.Duration("flush-interval");
        Options = settings.Native("options");
    }

    /// <summary>
    /// Memory for blocks and memory tables of all stores of this provider together, in bytes. A quarter of what the process may have (its container's limit, or
    /// the machine's memory) by default, between 32 MiB and 512 MiB.
    /// </summary>
    public long MemoryBytes { get; init; } = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, 32L << 20, 512L << 20);

    /// <summary>How long a batch may be in memory alone: ten minutes by default, far less than <c>delete.retention.ms</c> of the table's topic.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>RocksDB's own settings by their names (<c>compression</c>, <c>write_buffer_size</c>, <c>max_open_files</c>), over those that this store sets.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    private protected override IStorage Open(StorePlace place, StoreLock ownership)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MemoryBytes, LeastMemory);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FlushInterval, TimeSpan.Zero);
        lock (_gate)
            _memory ??= new RocksDbMemory(MemoryBytes, Options);
        return new RocksDbStorage(() => new RocksDbFile(place, _memory), place, ownership, FlushInterval);
    }
}
