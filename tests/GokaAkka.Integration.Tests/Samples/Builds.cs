namespace GokaAkka.Integration.Tests.Samples;

/// <summary>Where the programs are that were built along with these tests.</summary>
static class Builds
{
    static readonly DirectoryInfo Output = new(AppContext.BaseDirectory);

    public static string Clicks => Program("samples/Clicks", "Clicks");

    public static string Churn => Program("samples/Churn", "Churn");

    /// <summary>A sample by its folder's name.</summary>
    public static string Sample(string name) => Program("samples/" + name, name);

    public static string Tool => Program("src/GokaAkka.Cli", "goka");

    /// <summary>The processor that fault tests kill, stop and starve.</summary>
    public static string FaultWorker => Program("tests/Programs/FaultWorker", "FaultWorker");

    /// <summary>A file of the data kept beside the repository, or null where there is none.</summary>
    public static string? Data(string name) => Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data", name)) is var path && File.Exists(path) ? path : null;

    static string Program(string project, string name)
    {
        // Built with the same configuration for the same framework: bin/CONFIGURATION/FRAMEWORK.
        var path = Path.Combine(Repository.Root, project, "bin", Output.Parent!.Name, Output.Name, name + ".dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{name} is not built: build the test project, which builds it too.", path);
    }
}
