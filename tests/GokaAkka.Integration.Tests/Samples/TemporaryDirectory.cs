namespace GokaAkka.Integration.Tests.Samples;

/// <summary>A directory that is gone when the test is over.</summary>
sealed class TemporaryDirectory : IDisposable
{
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("goka-samples-test-");

    public string this[string name] => Path.Combine(_directory.FullName, name);

    public void Dispose() => _directory.Delete(recursive: true);
}
