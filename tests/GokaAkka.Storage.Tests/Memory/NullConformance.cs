namespace GokaAkka.Storage.Tests;

public sealed class NullFixture : IStoreFixture
{
    public IStorageProvider NewProvider() => new NullStorageProvider();

    public void Dispose()
    {
    }
}

public sealed class NullPosition : PositionConformance<NullFixture>;

public sealed class NullContents : WriteOnlyConformance<NullFixture>;
