namespace GokaAkka.Storage.Tests;

/// <summary>
/// Another process that reads a <see cref="MadeChangelog"/> into a store until it is killed. It says after each batch which one it was, and before it clears the
/// store that it is about to.
/// </summary>
sealed class ChildProcess : IDisposable
{
    const string Clearing = "clearing";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Process _process;

    ChildProcess(Process process) => _process = process;

    public static StorageId TheStore { get; } = new("killed", "rounds-table", 0);

    public int Id => _process.Id;

    /// <summary>What it said last of batches; -1 for nothing yet.</summary>
    public int LastBatch { get; private set; } = -1;

    /// <summary>Whether it was about to clear the store after that.</summary>
    public bool IsClearing { get; private set; }

    /// <summary>Starts one that uses a provider made from a directory.</summary>
    /// <param name="directory">Where the store is.</param>
    /// <param name="kill">When it kills itself; null for not at all.</param>
    public static ChildProcess Start<TProvider>(string directory, KillTime? kill = null)
        where TProvider : IStorageProvider
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { "exec", typeof(ChildProcess).Assembly.Location, typeof(TProvider).AssemblyQualifiedName!, directory },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (kill is not null)
        {
            start.ArgumentList.Add($"{kill.Seed}");
            start.ArgumentList.Add($"{kill.Batches}");
            start.ArgumentList.Add($"{kill.IsInClear}");
            start.ArgumentList.Add($"{(long)kill.After.TotalMicroseconds}");
        }

        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start."));
    }

    public static int Main(string[] args)
    {
        // The parent writes nothing: its end of the pipe is closed when it ends, however that is, and nobody else would end this process then.
        new Thread(() =>
        {
            _ = Console.In.ReadToEnd();
            KillSelf(TimeSpan.Zero);
        })
        {
            IsBackground = true,
        }.Start();
        var kill = args.Length > 2
            ? new KillTime(int.Parse(args[2]), int.Parse(args[3]), bool.Parse(args[4]), TimeSpan.FromMicroseconds(long.Parse(args[5])))
            : null;
        if (kill is { Batches: 0 })
            KillSelf(kill.After);
        var provider = (IStorageProvider)Activator.CreateInstance(Type.GetType(args[0], throwOnError: true)!, args[1])!;
        using var store = provider.Open(TheStore);
        Follow(store, kill);
        return 0;
    }

    /// <summary>Waits until the child has said that it applied a batch.</summary>
    public async Task AfterBatch()
    {
        if (!await Read())
            throw new InvalidOperationException("The child ended before its first batch.");
    }

    /// <summary>Waits until the child has killed itself.</summary>
    public async Task AfterKill()
    {
        while (await Read())
        {
        }

        await _process.WaitForExitAsync().WaitAsync(Patience);
        if (OperatingSystem.IsLinux())
            _process.ExitCode.ShouldBe(128 + 9, "the child ended by itself");
    }

    public async Task Kill()
    {
        _process.Kill();
        await AfterKill();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    static void Follow(IStorage store, KillTime? kill)
    {
        var random = new Random(kill?.Seed ?? 0);
        IStorageIterator? iterator = null;
        var batch = (int)store.Position.NextOffset;
        for (var applied = 1; ; applied++)
        {
            MadeChangelog.Apply(store, ++batch);
            Say($"{batch}");
            // A snapshot, for what engines do under one.
            if (random.Next(8) == 0)
            {
                iterator?.Dispose();
                iterator = store.Iterate(KeyRange.All);
                _ = iterator.Next();
            }

            if (applied == kill?.Batches)
                KillSelf(kill.After);
            if (random.Next(80) > 0 && !(applied == kill?.Batches && kill.IsInClear))
                continue;
            Say(Clearing);
            store.Clear();
            Say("0");
            batch = 0;
        }
    }

    // SIGKILL, from a thread of its own: wherever the work is then.
    static void KillSelf(TimeSpan after) => new Thread(() =>
    {
        var since = Stopwatch.GetTimestamp();
        using var self = Process.GetCurrentProcess();
        while (Stopwatch.GetElapsedTime(since) < after)
            Thread.Yield();
        self.Kill();
    }).Start();

    static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }

    async Task<bool> Read()
    {
        if (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is not { } line)
            return false;
        IsClearing = line == Clearing;
        LastBatch = IsClearing ? LastBatch : int.Parse(line);
        return true;
    }
}

/// <summary>When a child kills itself.</summary>
/// <param name="Seed">Of what it does until then beside batches.</param>
/// <param name="Batches">The batch from which the time runs, counted from the opening; 0 for the beginning of the opening.</param>
/// <param name="IsInClear">Whether the store is cleared after that batch.</param>
/// <param name="After">The time.</param>
sealed record KillTime(int Seed, int Batches, bool IsInClear, TimeSpan After);
