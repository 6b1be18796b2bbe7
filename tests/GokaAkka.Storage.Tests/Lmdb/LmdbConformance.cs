using GokaAkka.Storage.Lmdb;

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
public sealed class LmdbCrashes : CrashConformance<LmdbStorageProvider>;

[Requires(RequiresAttribute.Lmdb)]
public sealed class LmdbTrust : TrustConformance<LmdbStorageProvider>;
