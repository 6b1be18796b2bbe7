namespace GokaAkka.Storage.Sqlite;

/// <summary>How tables are kept in SQLite files.</summary>
public sealed record SqliteStorageOptions
{
    /// <summary>Where the files live: <c>directory/owner/topic.partition.sqlite</c>. Made when absent. Not a folder that is emptied at a reboot.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Memory for cached pages of each open store, in bytes: half for its writer, half for its readers. 32 MiB by default. What is not
    /// cached here is read through the operating system's cache.
    /// </summary>
    public long CacheBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// How large a store's write-ahead log may grow, in bytes, before it is written back into the store's file; it may always grow as large
    /// as that file. 32 MiB by default. An iterator that stays open holds the log back, so it grows further until that is disposed.
    /// </summary>
    public long WriteAheadLogBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// Whether reads go through a mapping of the file into memory rather than through copies. True by default: reads take about half the time. An
    /// error of the disk under a mapping ends the process, where a copy gives a <see cref="StorageException"/>.
    /// </summary>
    public bool MapFiles { get; init; } = true;

    /// <summary>
    /// When a store's file is checked from end to end as it is opened. Always by default: about 0.2 seconds for a million small entries.
    /// </summary>
    public StoreVerification Verify { get; init; } = StoreVerification.Always;

    /// <summary>
    /// The most memory for telling keys that an open store does not have without a look into its file, in bytes: 2 to 4 a key, 8 MiB by default.
    /// With more keys than fit, more absent keys are looked for. Only stores that are new or were checked when they were opened have it.
    /// </summary>
    public long FilterBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>The most pages a store's file may have; 0 for no limit. Stands in for a full disk.</summary>
    internal long PageLimit { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Directory);
        ArgumentOutOfRangeException.ThrowIfLessThan(CacheBytes, 64 * 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(WriteAheadLogBytes, 64 * 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(FilterBytes, 64 * 1024);
    }
}
