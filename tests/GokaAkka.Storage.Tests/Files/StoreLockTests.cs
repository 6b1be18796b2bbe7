namespace GokaAkka.Storage.Tests;

public sealed class StoreLockTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    string Store => Path.Combine(_folder.Path, "owner", "table.0");

    [Fact]
    public void Lock_must_have_one_owner_and_name_it()
    {
        using var first = StoreLock.Take(Store);
        var error = Should.Throw<StorageLockedException>(() => StoreLock.Take(Store));
        error.Message.ShouldContain(Store);
        error.Message.ShouldContain($"process {Environment.ProcessId} on {Environment.MachineName}");
    }

    [Fact]
    public void Lock_must_be_free_once_its_owner_gave_it_up()
    {
        var first = StoreLock.Take(Store);
        first.Dispose();
        first.Dispose();
        using var second = StoreLock.Take(Store);
        Should.Throw<StorageLockedException>(() => StoreLock.Take(Store));
    }

    [Fact]
    public void Lock_must_be_free_when_only_the_files_of_a_dead_owner_are_left()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Store)!);
        File.WriteAllText(Store + ".lock", "");
        File.WriteAllText(Store + ".owner", "process 1 on elsewhere");
        using var taken = StoreLock.Take(Store);
        File.ReadAllText(Store + ".owner").ShouldContain($"{Environment.ProcessId}");
    }

    [Fact]
    public void Lock_must_say_what_is_wrong_when_there_can_be_no_such_file()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "owner"), "a file where a folder is expected");
        var error = Should.Throw<StorageException>(() => StoreLock.Take(Store));
        error.ShouldNotBeOfType<StorageLockedException>();
        error.Message.ShouldContain(Store);
        error.InnerException.ShouldBeOfType<IOException>();
    }

    public void Dispose() => _folder.Dispose();
}
