using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using GokaAkka.Integration.Tests.Samples;

namespace GokaAkka.RealKafka.Brokers;

/// <summary>A broker, which is a controller as well, in a process and a folder of its own.</summary>
sealed class KafkaBroker(int id, string folder, int port) : IAsyncDisposable
{
    const int LinesShown = 40;

    // A child of the shell's: it ends with it, and when the test process ends, however it does, for then the shell's input ends. The shell tells
    // the broker's id, which stays the broker's until the shell has waited for it.
    const string Script = """
        exec 3<&0 2>/dev/null; folder=$1; shift
        "$@" >>"$folder/log" 2>&1 </dev/null 3<&- & broker=$!
        echo $broker
        { cat <&3; kill -9 $broker; rm -rf "$folder"; rmdir "${folder%/*}"; } >/dev/null 2>&1 & guard=$!
        wait $broker; code=$?
        kill $guard
        exit $code
        """;

    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    Process? _shell;
    int _process;

    public int Id => id;

    public int Port => port;

    public string Folder => folder;

    /// <summary>Whether its process has ended, by itself or by a signal.</summary>
    public bool HasEnded => _shell is null or { HasExited: true };

    /// <summary>The last lines of its log.</summary>
    public string Log => File.Exists(Path.Combine(folder, "log"))
        ? string.Join('\n', File.ReadLines(Path.Combine(folder, "log")).TakeLast(LinesShown))
        : "it has logged nothing";

    /// <summary>Starts its process; whether it answers is another question.</summary>
    public async Task Start()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "broker", folder, KafkaHome.Java, .. KafkaHome.Run("kafka.Kafka", Path.Combine(folder, "server.properties"))])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        _shell = Process.Start(start)!;
        _process = int.Parse(await _shell.StandardOutput.ReadLineAsync() ?? "", CultureInfo.InvariantCulture);
    }

    public void Signal(int signal) => SendSignal(_process, signal).ShouldBe(0, $"signal {signal} to broker {id}");

    /// <summary>Ends its process: SIGTERM for a clean end, SIGKILL for none.</summary>
    public async Task End(int signal)
    {
        if (_shell is null)
            return;
        if (!HasEnded)
            Signal(signal);
        using var deadline = new CancellationTokenSource(Deadline);
        await _shell.WaitForExitAsync(deadline.Token);
        await _shell.StandardInput.DisposeAsync();
        _shell.Dispose();
        _shell = null;
    }

    public async ValueTask DisposeAsync() => await End(ChildProcess.Kill);

    [DllImport("libc", EntryPoint = "kill")]
    static extern int SendSignal(int process, int signal);
}
