namespace GokaAkka.Testing.Simulation;

/// <summary>
/// One run: a group of nodes and a view on a cluster that fails in every way it can, all of it drawn from one seed; then everything is healed,
/// and what is left must be what at-least-once or exactly-once promises.
/// </summary>
sealed class SimulationRun
{
    readonly SimWorld _world;
    readonly SimFleet _fleet;

    SimulationRun(SimWorld world)
    {
        _world = world;
        _fleet = new SimFleet(world);
    }

    /// <summary>Runs a seed.</summary>
    /// <param name="options">What to run.</param>
    public static SimulationResult Run(SimulationOptions options)
    {
        var before = SynchronizationContext.Current;
        // Continuations of callbacks go on in place, on the one thread there is.
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var world = new SimWorld(options.Seed, options.Settings, options.Mutations, options.ExactlyOnce, options.Trace);
            try
            {
                new SimulationRun(world).Run();
            }
            finally
            {
                world.End();
            }

            return new SimulationResult(options, world);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    void Run()
    {
        var scheduler = _world.Scheduler;
        CreateTopics();
        Tick();
        _fleet.Start();
        new SimSource(_world).Start();
        new Chaos(_world, _fleet).Start();
        Query();
        scheduler.RunUntil(static () => false, _world.Settings.Chaos);
        if (_world.Violation is not null)
            return;
        _world.IsChaotic = false;
        _world.Trace.Add($"everything is healed");
        _world.Cluster.Heal();
        _fleet.Heal();
        var verdict = new FinalChecks(_world, _fleet);
        string? undone = null;
        var checkAt = scheduler.Now;
        var end = scheduler.Now + _world.Settings.Patience;
        var isDone = scheduler.RunUntil(
            () =>
            {
                if (scheduler.Now < checkAt)
                    return false;
                checkAt = scheduler.Now + TimeSpan.FromMilliseconds(100);
                return (undone = verdict.Undone()) is null;
            }, end);
        if (isDone)
            verdict.Check();
        else if (_world.Violation is null)
            _world.Violate($"I10: {_world.Settings.Patience.TotalSeconds:F0} s after everything was healed, {undone}; nodes: {string.Join(", ", _fleet.Nodes)}");
    }

    void CreateTopics()
    {
        foreach (var topic in new[] { Names.InputA, Names.InputB, Names.Loop, Names.Output, Names.DeadLetters })
            _world.Cluster.CreateTopic(new TopicSpec(topic, Names.Partitions));
        var compacted = new Dictionary<string, string> { ["cleanup.policy"] = "compact" };
        foreach (var table in new[] { Names.Table, Names.Joined, Names.LookedUp })
            _world.Cluster.CreateTopic(new TopicSpec(table, Names.Partitions, Settings: compacted));
    }

    // Brokers notice time-outs by themselves.
    void Tick() => _world.Scheduler.After(TimeSpan.FromMilliseconds(50), () =>
    {
        _world.Cluster.Tick();
        Tick();
    });

    /// <summary>Somebody asks for values, wherever they are.</summary>
    void Query() => _world.Scheduler.After(_world.Random.Milliseconds(1, 300), () =>
    {
        var key = _world.Random.Below(2 * Names.Keys);
        foreach (var node in _fleet.Nodes)
        {
            if (!node.Process.IsRunning)
                continue;
            var found = node.Tables.TryGet(Names.KeyBytes(key), out var value, out var isHere);
            if (isHere)
                _world.Ledger.Queried(node.Seen(Names.Partition(key)), key, found ? value : null);
        }

        Query();
    });
}

/// <summary>What to run.</summary>
sealed record SimulationOptions(ulong Seed)
{
    /// <summary>Whether each record is to have its effects once and not just at least once.</summary>
    public bool ExactlyOnce { get; init; }

    /// <summary>Defects built in.</summary>
    public MutationSet Mutations { get; init; } = MutationSet.None;

    /// <summary>What the run is like; null to draw it from the seed.</summary>
    public SimSettings? Settings { get; init; }

    /// <summary>Takes what happens, line by line; null when nobody reads it.</summary>
    public TextWriter? Trace { get; init; }
}

/// <summary>What came of a run.</summary>
sealed class SimulationResult(SimulationOptions options, SimWorld world)
{
    public ulong Seed => options.Seed;

    /// <summary>What was wrong, or null; with the seed and how to see it again.</summary>
    public string? Violation => world.Violation is { } what ? $"seed {Seed}: {what} (replay: {Replay})" : null;

    /// <summary>The command that runs it again.</summary>
    public string Replay => $"goka sim --seed {Seed} --mode {(options.ExactlyOnce ? "exactly-once" : "at-least-once")}";

    public FaultCounts Faults => world.Faults;

    /// <summary>Tells whether two runs were the same.</summary>
    public ulong TraceHash => world.Trace.Hash;

    /// <summary>Events that happened.</summary>
    public long Events => world.Scheduler.Happened;

    /// <summary>Virtual time that passed.</summary>
    public TimeSpan Time => world.Scheduler.Now;

    /// <summary>Records in the inputs and the loop.</summary>
    public long Records => world.Ledger.Fates.All.LongCount();

    /// <summary>Effects that came more than once.</summary>
    public long Repeated => world.Ledger.Repeated;

    /// <summary>Keys whose state was not held against their input, see <see cref="Ledger.Excuse"/>.</summary>
    public long Excused => Enumerable.Range(0, 2 * Names.Keys).LongCount(k => world.Ledger.Excuse(k) is not null);
}
