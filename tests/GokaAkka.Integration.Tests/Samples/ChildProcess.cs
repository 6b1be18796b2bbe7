using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace GokaAkka.Integration.Tests.Samples;

/// <summary>A program in a process of its own, killed when the test is over. Every wait has a deadline and fails with what was printed.</summary>
sealed class ChildProcess : IDisposable
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    readonly Process _process;
    readonly string _command;
    readonly List<string> _output = [];
    readonly List<string> _errors = [];

    ChildProcess(string program, string[] arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        _command = string.Join(' ', [Path.GetFileNameWithoutExtension(program), .. arguments]);
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        // It lives for seconds: optimizing code that has run often, and spinning for work, would take a third of its processor time.
        start.Environment["DOTNET_TC_CallCountThreshold"] = "FFFF";
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Take(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Take(_errors, e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it printed.</summary>
    public string Output => Text(_output);

    /// <summary>What it complained about.</summary>
    public string Errors => Text(_errors);

    public static ChildProcess Start(string program, params string[] arguments) => new(program, arguments, []);

    /// <summary>Starts a program with more variables in its environment, on the calling thread and so in its network namespace.</summary>
    public static ChildProcess Start(IEnumerable<KeyValuePair<string, string>> environment, string program, params string[] arguments) =>
        new(program, arguments, environment);

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ChildProcess> Run(string program, params string[] arguments)
    {
        var child = Start(program, arguments);
        try
        {
            await child.ExitCode();
            return child;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => SendSignal(_process.Id, signal).ShouldBe(0, $"signal {signal} to '{_command}'");

    /// <summary>Waits for its end, with all it printed.</summary>
    public async Task<int> ExitCode()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{_command}' has not ended within {Deadline.TotalSeconds:0} s.\n{this}");
        }
    }

    /// <summary>Waits until it has printed something.</summary>
    public async Task<Match> Printed(string pattern)
    {
        var match = Match.Empty;
        await Eventually.Holds(() => (match = Regex.Match(Output, pattern)).Success || _process.HasExited, () => $"'{_command}' never printed '{pattern}'.\n{this}");
        return match.Success || (match = Regex.Match(Output, pattern)).Success
            ? match
            : throw new InvalidOperationException($"'{_command}' ended with {_process.ExitCode} and never printed '{pattern}'.\n{this}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    public override string ToString() => $"'{_command}' printed:\n{Output}\nand complained:\n{Errors}";

    static void Take(List<string> lines, string? line)
    {
        if (line is null)
            return;
        lock (lines)
            lines.Add(line);
    }

    static string Text(List<string> lines)
    {
        lock (lines)
            return string.Join('\n', lines);
    }

    [DllImport("libc", EntryPoint = "kill")]
    static extern int SendSignal(int process, int signal);
}
