namespace GokaAkka.Storage.Tests;

/// <summary>Tests of stores in a folder of their own.</summary>
public abstract class FolderTests : IDisposable
{
    protected static readonly StorageId Id = new("shop", "clicks-table", 0);

    readonly TemporaryFolder _folder = new();

    protected string Folder => _folder.Path;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
