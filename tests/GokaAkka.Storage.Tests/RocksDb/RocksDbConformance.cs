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
