namespace GokaAkka.Storage.Tests;

/// <summary>Another process that writes to a store until it is killed, and says after each batch which one it was.</summary>
sealed class ChildProcess : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Process _process;

    ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static int Main(string[] args)
    {
        var provider = (IStorageProvider)Activator.CreateInstance(Type.GetType(args[0], throwOnError: true)!, args[1])!;
        using var store = provider.Open(TheStore);
        for (var round = (int)store.Position.NextOffset + 1; ; round++)
        {
            Rounds.Write(store, round);
            Console.Out.WriteLine(round);
            Console.Out.Flush();
        }
    }

    public static StorageId TheStore { get; } = new("killed", "rounds-table", 0);

    /// <summary>Starts one that uses a provider made from a directory.</summary>
    public static ChildProcess Start<TProvider>(string directory)
        where TProvider : IStorageProvider
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { "exec", typeof(ChildProcess).Assembly.Location, typeof(TProvider).AssemblyQualifiedName!, directory },
            RedirectStandardOutput = true,
        };
        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start."));
    }

    /// <summary>Waits until the child has said that it applied this many more batches; the last one it named.</summary>
    public async Task<int> AfterBatches(int count)
    {
        var last = "";
        for (var i = 0; i < count; i++)
        {
            last = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience)
                ?? throw new InvalidOperationException($"The child ended after '{last}'.");
        }

        return int.Parse(last);
    }

    public async Task<int> Kill(int lastSeen)
    {
        _process.Kill();
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { Length: > 0 } line)
            lastSeen = int.TryParse(line, out var round) && round > lastSeen ? round : lastSeen;
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return lastSeen;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
