namespace GokaAkka.Storage.Tests;

/// <summary>A place for stores of one kind, new for each test and gone after it.</summary>
public interface IStoreFixture : IDisposable
{
    /// <summary>A provider of the stores in this place, as another process would make one.</summary>
    IStorageProvider NewProvider();
}

/// <summary>A folder that is gone after the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("goka-storage-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
