namespace GokaAkka.Storage.Tests;

public sealed class LmdbFixture : IStoreFixture
{
    readonly TemporaryFolder _folder = new();

    public IStorageProvider NewProvider() => new LmdbStorageProvider(_folder.Path);

    public void Dispose() => _folder.Dispose();
}

public sealed class LmdbLibraryTests
{
    [RequiredFact(RequiresAttribute.Lmdb)]
    public void Lmdb_must_be_there_for_the_tests_of_its_store() => LmdbLibrary.Version.ShouldBeOneOf("0.9", "1.0");
}

[Requires(RequiresAttribute.Lmdb)]
public sealed class LmdbPosition : PositionConformance<LmdbFixture>;

[Requires(RequiresAttribute.Lmdb)]
public sealed class LmdbContents : ContentsConformance<LmdbFixture>;

[Requires(RequiresAttribute.Lmdb)]
public sealed class LmdbIterators : IteratorConformance<LmdbFixture>;

[Requires(RequiresAttribute.Lmdb)]
public sealed class LmdbConcurrency : ConcurrencyConformance<LmdbFixture>;

[Requires(RequiresAttribute.Lmdb)]
public sealed class LmdbModel(ITestOutputHelper output) : ModelConformance<LmdbFixture>(output);

[Requires(RequiresAttribute.Lmdb)]
public sealed class LmdbDurability : DurabilityConformance<LmdbFixture>;

[Requires(RequiresAttribute.Lmdb)]
public sealed class LmdbDurableContents : DurableContentsConformance<LmdbFixture>;

[Requires(RequiresAttribute.Lmdb)]
public sealed class LmdbCrashes(ITestOutputHelper output) : CrashConformance<LmdbCrashes.Growing>(output)
{
    /// <summary>A small map, which has to grow again after each opening, and under iterators.</summary>
    public sealed class Growing(string directory) : IStorageProvider
    {
        readonly LmdbStorageProvider _provider = new(directory) { MapBytes = 128 * 1024, IteratorLifetime = TimeSpan.FromMilliseconds(1) };

        public bool IsDurable => true;

        public IStorage Open(StorageId id) => _provider.Open(id);
    }
}

[Requires(RequiresAttribute.Lmdb)]
public sealed class LmdbTrust : TrustConformance<LmdbStorageProvider>;
