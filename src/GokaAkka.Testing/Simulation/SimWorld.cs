namespace GokaAkka.Testing.Simulation;

/// <summary>What everything in a run shares.</summary>
sealed class SimWorld
{
    public SimWorld(ulong seed, SimSettings? settings, MutationSet mutations, bool exactlyOnce, TextWriter? trace)
    {
        Seed = seed;
        Random = new SimRandom(seed);
        Settings = settings ?? SimSettings.Draw(Random);
        Mutations = mutations;
        ExactlyOnce = exactlyOnce;
        Scheduler = new Scheduler();
        Trace = new Trace(Scheduler, trace);
        Ledger = new Ledger(Violate, Faults, exactlyOnce, Settings.CoalesceInterval is not null) { Trace = Trace, Log = partition => Cluster!.State.Log(partition)! };
        Cluster = new SimCluster(Scheduler, new SimClock(Scheduler), Random, Faults, Ledger, mutations);
        Versions = new TableVersions(this);
        Actors = SimActors.Begin(this);
    }

    public ulong Seed { get; }

    /// <summary>What processes run their actors on.</summary>
    public SimActors Actors { get; }

    public SimRandom Random { get; }

    public SimSettings Settings { get; }

    public MutationSet Mutations { get; }

    /// <summary>Whether each record is to have its effects once and not just at least once.</summary>
    public bool ExactlyOnce { get; }

    public Scheduler Scheduler { get; }

    public Trace Trace { get; }

    public FaultCounts Faults { get; } = new();

    public Ledger Ledger { get; }

    public SimCluster Cluster { get; }

    public TableVersions Versions { get; }

    /// <summary>Whether faults may still strike.</summary>
    public bool IsChaotic { get; set; } = true;

    /// <summary>What was found to be wrong first, or null.</summary>
    public string? Violation { get; private set; }

    /// <summary>Lives of partitions so far.</summary>
    public int Lives { get; set; }

    /// <summary>A node's processor has stopped, or has failed for good.</summary>
    public void NodeEnded(SimNode node)
    {
        if (node.Status.Done.Exception?.InnerException is not { } error)
            return;
        Faults.Add(Fault.ProcessorFailed);
        Trace.Add($"{node.Name}: has failed: {error.Message}");
        // What a partition may fail with for good is drawn from the seed; nothing else may end a processor.
        if (error is not ProcessorFailedException)
            Violate($"{node.Name} has failed: {error}");
    }

    /// <summary>Threads that wait and actors end with their world.</summary>
    public void End()
    {
        Scheduler.EndWaits();
        Actors.End();
    }

    /// <summary>Something is wrong: the run ends here.</summary>
    public void Violate(string what)
    {
        if (Violation is not null)
            return;
        Violation = what;
        Trace.Add($"VIOLATION {what}");
        Scheduler.Stop();
    }
}
