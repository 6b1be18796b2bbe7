namespace GokaAkka.Storage.Tests;

public sealed class LiteDbFixture : IStoreFixture
{
    readonly TemporaryFolder _folder = new();

    public IStorageProvider NewProvider() => new LiteDbStorageProvider(_folder.Path);

    public void Dispose() => _folder.Dispose();
}

public sealed class LiteDbPosition : PositionConformance<LiteDbFixture>;

public sealed class LiteDbContents : ContentsConformance<LiteDbFixture>;

public sealed class LiteDbIterators : IteratorConformance<LiteDbFixture>;

public sealed class LiteDbConcurrency : ConcurrencyConformance<LiteDbFixture>;

public sealed class LiteDbModel(ITestOutputHelper output) : ModelConformance<LiteDbFixture>(output);

public sealed class LiteDbDurability : DurabilityConformance<LiteDbFixture>;

public sealed class LiteDbDurableContents : DurableContentsConformance<LiteDbFixture>;

public sealed class LiteDbCrashes(ITestOutputHelper output) : CrashConformance<LiteDbStorageProvider>(output);

public sealed class LiteDbTrust : TrustConformance<LiteDbStorageProvider>;
