using System.Runtime.InteropServices;
using RocksDbSharp;

namespace GokaAkka.Storage.RocksDb;

/// <summary>What the stores of a provider share: one cache, which memory tables are a part of, and RocksDB's settings. Lives as long as the process.</summary>
sealed class RocksDbMemory
{
    // So much of the memory may be written to before the fullest memory table goes to the disk; the rest is for reading.
    const int WrittenShare = 4;

    static readonly (string Name, string Value)[] Defaults =
    [
        ("compression", "kLZ4Compression"),
        ("level_compaction_dynamic_level_bytes", "true"),
        ("max_background_jobs", "2"),
        // An open file keeps its index in the cache; more would be opened than a container may have.
        ("max_open_files", "256"),
        ("write_buffer_size", "8388608"),
        ("keep_log_file_num", "1"),
        ("max_log_file_size", "1048576"),
        ("stats_dump_period_sec", "0"),
        // On a full disk a batch would wait until there is room again; refused, it is told, and the partition opens the store again.
        ("max_bgerror_resume_count", "0"),
        ("info_log_level", "WARN_LEVEL"),
    ];

    // What the settings refer to, kept from the collector.
    readonly Cache _cache;
    readonly BlockBasedTableOptions _blocks;
    readonly DbOptions _base;

    /// <exception cref="StorageException">RocksDB knows no such setting, or it is no value of it.</exception>
    public RocksDbMemory(long bytes, IReadOnlyDictionary<string, string> options)
    {
        _cache = Cache.CreateLru((ulong)bytes);
        _blocks = new BlockBasedTableOptions().SetBlockCache(_cache).SetFilterPolicy(BloomFilterPolicy.Create(10, false))
            .SetCacheIndexAndFilterBlocks(true).SetPinL0FilterAndIndexBlocksInCache(true).SetFormatVersion(5);
        _base = new DbOptions().SetCreateIfMissing(true).SetBlockBasedTableFactory(_blocks);
        var native = Native.Instance;
        native.rocksdb_options_set_write_buffer_manager(
            _base.Handle, native.rocksdb_write_buffer_manager_create_with_cache((nuint)(bytes / WrittenShare), _cache.Handle, 0));
        Options = new DbOptions();
        var set = Defaults.Where(d => !options.ContainsKey(d.Name)).Select(static d => $"{d.Name}={d.Value}").Concat(options.Select(static o => $"{o.Key}={o.Value}"));
        var text = Marshal.StringToCoTaskMemUTF8(string.Join(';', set));
        native.rocksdb_get_options_from_string(_base.Handle, text, Options.Handle, out var error);
        Marshal.FreeCoTaskMem(text);
        if (error != 0)
            throw new StorageException($"RocksDbStorageProvider.Options: {TakeError(error)}. Expected names and values of RocksDB {typeof(RocksDbSharp.RocksDb).Assembly.GetName().Version}.");
    }

    /// <summary>What stores are opened with.</summary>
    public DbOptions Options { get; }

    /// <summary>The text of a native error, which is freed.</summary>
    public static string TakeError(nint error)
    {
        var text = Marshal.PtrToStringUTF8(error) ?? "";
        Native.Instance.rocksdb_free(error);
        return text;
    }
}
