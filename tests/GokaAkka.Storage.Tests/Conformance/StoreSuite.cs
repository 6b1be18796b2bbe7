namespace GokaAkka.Storage.Tests;

/// <summary>What the parts of the conformance suite share. A store runs a part by deriving a class from it.</summary>
public abstract class StoreSuite<TFixture> : IDisposable
    where TFixture : IStoreFixture, new()
{
    protected static readonly StorageId Id = new("shop", "clicks-table", 3);

    readonly List<IStorage> _opened = [];

    protected StoreSuite()
    {
        Fixture = new TFixture();
        Provider = Fixture.NewProvider();
    }

    protected TFixture Fixture { get; }

    protected IStorageProvider Provider { get; }

    /// <summary>The test's own store, opened when it is first asked for.</summary>
    protected IStorage Store => field ??= Open();

    /// <summary>Opens a store that is closed after the test.</summary>
    protected IStorage Open(StorageId? id = null) => Open(Provider, id);

    protected IStorage Open(IStorageProvider provider, StorageId? id = null)
    {
        var store = provider.Open(id ?? Id);
        _opened.Add(store);
        return store;
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        foreach (var store in _opened)
            store.Dispose();
        Fixture.Dispose();
    }
}
