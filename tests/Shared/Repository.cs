namespace GokaAkka.Testing.Tests;

/// <summary>The repository that the tests were built in.</summary>
static class Repository
{
    public static string Root { get; } = Find();

    static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "GokaAkka.sln")))
                return at.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has GokaAkka.sln: run the test where it was built.");
    }
}
