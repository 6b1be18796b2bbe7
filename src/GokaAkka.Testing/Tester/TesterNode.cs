namespace GokaAkka.Testing;

/// <summary>What a node of a tester is at.</summary>
public enum TesterNodeState
{
    /// <summary>It waits for its partitions, or they are being restored or started again.</summary>
    Setup,

    /// <summary>It takes part in its group, and every partition it has processes records.</summary>
    Running,

    /// <summary>It gives up its partitions.</summary>
    Stopping,

    /// <summary>It was stopped.</summary>
    Stopped,

    /// <summary>It has stopped because of an error: see <see cref="TesterNode.Failure"/>.</summary>
    Failed,

    /// <summary>It was crashed.</summary>
    Crashed,
}

/// <summary>A processor as a tester runs it: one node of its group, with the actors of production on the tester's thread.</summary>
public abstract class TesterNode
{
    readonly List<RecordException> _skipped = [];
    readonly List<RecordException> _deadLettered = [];

    private protected TesterNode(TesterEngine engine, TesterGroup group, string name)
    {
        Engine = engine;
        Members = group;
        Name = name;
    }

    /// <summary>Its group.</summary>
    public string Group => Members.Name;

    /// <summary>Its name, to tell the nodes of a group apart.</summary>
    public string Name { get; }

    /// <summary>What it is at.</summary>
    public TesterNodeState State { get; private protected set; }

    /// <summary>Why it has failed for good, or null. Of type <see cref="ProcessorFailedException"/> when a record was the cause.</summary>
    public Exception? Failure => Process.Failure;

    /// <summary>The figures of the partitions it has.</summary>
    public IReadOnlyList<PartitionStatus> Partitions =>
        Process.Consumer is { } member ? [.. Members.Owned(member).Where(Status.Partitions.ContainsKey).Select(p => Status.Partitions[p])] : [];

    /// <summary>The records that failed and were passed over, in order; dead-lettered ones are not among them.</summary>
    public IReadOnlyList<RecordException> Skipped => _skipped;

    /// <summary>
    /// The records that failed and were dead-lettered, in order. Their copies are in the dead letter topic: <c>Track&lt;byte[]&gt;(topic)</c>.
    /// </summary>
    public IReadOnlyList<RecordException> DeadLettered => _deadLettered;

    /// <summary>The topics it reads.</summary>
    internal abstract IReadOnlyList<string> Inputs { get; }

    /// <summary>The topic of its table, or null.</summary>
    internal abstract string? Table { get; }

    /// <summary>What its actors tell.</summary>
    internal abstract ProcessorStatus Status { get; }

    /// <summary>Its present life, or its last.</summary>
    internal abstract TesterProcess Process { get; }

    internal TesterGroup Members { get; }

    /// <summary>Tasks of its partitions.</summary>
    internal IEnumerable<ITaskProgress> Tasks => Process.IsAlive ? Status.Partitions.Values.Select(static p => p.Task).OfType<ITaskProgress>() : [];

    /// <summary>Callbacks at work, described.</summary>
    internal IEnumerable<string> AtWork => Status.Partitions.Values.OrderBy(static p => p.Partition)
        .SelectMany(p => (p.Task?.AtWork ?? []).Select(r => $"group '{Group}': {r.Topic}[{p.Partition}]@{r.Offset}, key '{r.Key}'"));

    private protected TesterEngine Engine { get; }

    /// <summary>
    /// Finishes what is begun, commits, flushes and leaves the group; its partitions go to the others. Callbacks that do not end are given up
    /// when the drain time-out has passed on the virtual clock.
    /// </summary>
    public void Stop()
    {
        Engine.CheckIdle();
        if (State is TesterNodeState.Setup or TesterNodeState.Running)
        {
            State = TesterNodeState.Stopping;
            Process.Tell(StopProcessor.Instance);
        }

        Engine.Settle();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Group}/{Name} ({State})";

    /// <summary>Begins a new life with the stores of the last.</summary>
    internal abstract void Start();

    /// <summary>Loses its stores' contents.</summary>
    internal abstract void Wipe();

    /// <summary>The table partition that it has, once it is restored and while the partition processes records.</summary>
    internal abstract PartitionTable? Find(int partition);

    /// <summary>Makes a change of the table known here that was written to the changelog by somebody else.</summary>
    internal abstract void Overwrite(int partition, ReadOnlySpan<byte> key, byte[]? value);

    internal void Crash()
    {
        Process.Kill();
        if (Process.Consumer is { } member)
            Members.Leave(member);
        State = TesterNodeState.Crashed;
    }

    internal bool IsAlive => State is TesterNodeState.Setup or TesterNodeState.Running or TesterNodeState.Stopping;

    /// <summary>Takes note of what it is at.</summary>
    internal void Update()
    {
        if (!IsAlive)
            return;
        State = Status.State switch
        {
            ProcessorState.Failed => TesterNodeState.Failed,
            ProcessorState.Stopped => TesterNodeState.Stopped,
            _ when State == TesterNodeState.Stopping => State,
            ProcessorState.Running => TesterNodeState.Running,
            _ => TesterNodeState.Setup,
        };
    }

    private protected void PassedOver(RecordException error, string? deadLetters) => (deadLetters is null ? _skipped : _deadLettered).Add(error);
}
