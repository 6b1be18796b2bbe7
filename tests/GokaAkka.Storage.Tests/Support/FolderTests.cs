namespace GokaAkka.Storage.Tests;

/// <summary>Tests of stores in a folder of their own.</summary>
public abstract class FolderTests : IDisposable
{
    protected static readonly StorageId Id = new("shop", "clicks-table", 0);

    readonly TemporaryFolder _folder = new();

    protected string Folder => _folder.Path;

    /// <summary>Closes stores under four threads that read the thousand keys of <paramref name="write"/>.</summary>
    protected static async Task ReadersMustBeRefused(
        Func<IStorage> open, Action<IStorage> write, Action<IStorage> writeMore)
    {
        for (var i = 0; i < 20; i++)
        {
            var store = open();
            write(store);
            var length = store.Get("key-7"u8)!.Length;
            var readers = Enumerable.Range(0, 4).Select(reader => Task.Run(() =>
            {
                while (true)
                {
                    if (reader == 0)
                        store.Dump().Length.ShouldBe(1000);
                    else
                        store.Get("key-7"u8)!.Length.ShouldBe(length);
                }
            })).ToArray();
            writeMore(store);
            store.Dispose();
            foreach (var reader in readers)
                await Should.ThrowAsync<ObjectDisposedException>(reader);
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
