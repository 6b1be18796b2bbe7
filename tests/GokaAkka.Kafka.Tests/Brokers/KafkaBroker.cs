using System.Runtime.InteropServices;

namespace GokaAkka.RealKafka.Brokers;

/// <summary>A broker, which is a controller as well, in a process and a folder of its own.</summary>
sealed class KafkaBroker(int id, string folder, int port) : IAsyncDisposable
{
    const int LinesShown = 40;

    // The broker is the shell's child, and its id stays its own until the shell has waited for it. When the test process ends without a word, however
    // it does, the guard's input ends, and it ends the broker and removes its folder. Signals to all of a terminal's processes are not theirs to take;
    // the broker alone ends by SIGTERM.
    const string Script = """
        trap '' INT TERM HUP; exec 3<&0 2>/dev/null; folder=$1; shift
        (trap - TERM; exec "$@") >>"$folder/log" 2>&1 </dev/null 3<&- & broker=$!
        echo $broker
        {
          read -r word <&3 && exit
          kill -9 $broker
          for second in 1 2 3 4 5; do kill -0 $broker || break; sleep 1; done
          rm -rf "$folder"; rmdir "${folder%/*}"
        } >/dev/null &
        wait $broker
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

    /// <summary>Ends its process as a machine that loses its power would.</summary>
    public Task Kill() => End(ChildProcess.Kill);

    /// <summary>Ends its process in good order: its partitions are led by others before it goes.</summary>
    public Task Stop() => End(ChildProcess.Terminate);

    async Task End(int signal)
    {
        if (_shell is null)
            return;
        if (!HasEnded)
            Signal(signal);
        using var deadline = new CancellationTokenSource(Deadline);
        await _shell.WaitForExitAsync(deadline.Token);
        await _shell.StandardInput.WriteLineAsync("ended");
        await _shell.StandardInput.DisposeAsync();
        _shell.Dispose();
        _shell = null;
    }

    public async ValueTask DisposeAsync() => await Kill();

    [DllImport("libc", EntryPoint = "kill")]
    static extern int SendSignal(int process, int signal);
}
