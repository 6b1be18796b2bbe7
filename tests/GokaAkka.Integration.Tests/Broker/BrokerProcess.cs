namespace GokaAkka.Integration.Tests.Broker;

/// <summary><c>goka broker</c> as a process of its own; killed on dispose if it still runs.</summary>
sealed class BrokerProcess : IDisposable
{
    readonly Process _process;

    public BrokerProcess(params string[] arguments) => _process = Process.Start(
        new ProcessStartInfo("dotnet", [Tool(), "broker", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    public async Task<string?> ReadLine() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Clients.Deadline);

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task<(int ExitCode, string Output, string Errors)> Exit()
    {
        var output = _process.StandardOutput.ReadToEndAsync();
        var errors = _process.StandardError.ReadToEndAsync();
        await _process.WaitForExitAsync().WaitAsync(Clients.Deadline);
        return (_process.ExitCode, await output, await errors);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    /// <summary>The tool as built beside these tests, in the same configuration.</summary>
    static string Tool()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (here.Name, here.Parent!.Name);
        var root = here;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "GokaAkka.sln")))
            root = root.Parent;
        return Path.Combine(root!.FullName, "src", "GokaAkka.Cli", "bin", configuration, framework, "goka.dll");
    }
}
