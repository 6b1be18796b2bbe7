using GokaAkka.Storage.RocksDb;

namespace GokaAkka.Storage.Tests;

public sealed class RocksDbFixture : IStoreFixture
{
    readonly TemporaryFolder _folder = new();

    public IStorageProvider NewProvider() => new RocksDbStorageProvider(_folder.Path);

    public void Dispose() => _folder.Dispose();
}

public sealed class RocksDbPosition : PositionConformance<RocksDbFixture>;

public sealed class RocksDbContents : ContentsConformance<RocksDbFixture>;

public sealed class RocksDbIterators : IteratorConformance<RocksDbFixture>;

public sealed class RocksDbConcurrency : ConcurrencyConformance<RocksDbFixture>;

public sealed class RocksDbModel(ITestOutputHelper output) : ModelConformance<RocksDbFixture>(output);

public sealed class RocksDbDurability : DurabilityConformance<RocksDbFixture>
{
    // It packs them, and keeps them in memory for a while.
    protected override long LeastSize => 0;
}

public sealed class RocksDbDurableContents : DurableContentsConformance<RocksDbFixture>;

public sealed class RocksDbCrashes(ITestOutputHelper output) : CrashConformance<RocksDbCrashes.Flushing>(output)
{
    protected override bool LosesLastBatches => true;

    /// <summary>Small memory tables and few of them a compaction, so that a kill comes at every point of an entry's way.</summary>
    public sealed class Flushing(string directory) : IStorageProvider
    {
        readonly RocksDbStorageProvider _provider = new(directory)
        {
            FlushInterval = TimeSpan.FromMilliseconds(5),
            Options = new Dictionary<string, string>
            {
                ["write_buffer_size"] = "65536", ["level0_file_num_compaction_trigger"] = "2", ["target_file_size_base"] = "65536",
            },
        };

        public bool IsDurable => true;

        public IStorage Open(StorageId id) => _provider.Open(id);
    }
}
