namespace GokaAkka.Storage.Tests;

public sealed class MemoryFixture : IStoreFixture
{
    public IStorageProvider NewProvider() => new MemoryStorageProvider();

    public void Dispose()
    {
    }
}

public sealed class MemoryPosition : PositionConformance<MemoryFixture>;

public sealed class MemoryContents : ContentsConformance<MemoryFixture>;

public sealed class MemoryIterators : IteratorConformance<MemoryFixture>;

public sealed class MemoryConcurrency : ConcurrencyConformance<MemoryFixture>;

public sealed class MemoryModel(ITestOutputHelper output) : ModelConformance<MemoryFixture>(output);
