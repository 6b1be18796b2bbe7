using GokaAkka.Actors;
using GokaAkka.Processing;

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

/// <summary>A processor as a tester runs it, without actors and threads: one node of its group.</summary>
public abstract class TesterNode
{
    readonly List<RecordException> _skipped = [];
    readonly List<RecordException> _deadLettered = [];

    private protected TesterNode(TesterEngine engine, GroupDriver group, string name)
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
    public Exception? Failure => Driver.Failure;

    /// <summary>The figures of the partitions it has.</summary>
    public IReadOnlyList<PartitionStatus> Partitions => Driver.Partitions;

    /// <summary>The records that failed and were passed over, in order; dead-lettered ones are not among them.</summary>
    public IReadOnlyList<RecordException> Skipped => _skipped;

    /// <summary>
    /// The records that failed and were dead-lettered, in order. Their copies are in the dead letter topic: <c>Track&lt;byte[]&gt;(topic)</c>.
    /// </summary>
    public IReadOnlyList<RecordException> DeadLettered => _deadLettered;

    internal abstract NodeDriver Driver { get; }

    internal GroupDriver Members { get; }

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
            Members.Leave(Driver);
        }

        Engine.Settle();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Group}/{Name} ({State})";

    /// <summary>Begins a new life with the stores of the last.</summary>
    internal abstract void Start();

    /// <summary>Loses its stores' contents.</summary>
    internal abstract void Wipe();

    internal void Crash()
    {
        Members.Crash(Driver);
        State = TesterNodeState.Crashed;
    }

    internal bool IsAlive => State is TesterNodeState.Setup or TesterNodeState.Running or TesterNodeState.Stopping;

    /// <summary>Takes note of what it is at.</summary>
    internal void Update()
    {
        if (State is TesterNodeState.Setup or TesterNodeState.Running)
            State = Driver.Failure is not null ? TesterNodeState.Failed : Driver.IsReady ? TesterNodeState.Running : TesterNodeState.Setup;
        if (State is not (TesterNodeState.Stopping or TesterNodeState.Failed) || Members.Has(Driver))
            return;
        if (State == TesterNodeState.Stopping)
            State = Driver.Failure is null ? TesterNodeState.Stopped : TesterNodeState.Failed;
        Driver.Close();
    }

    private protected void AddSkipped(RecordException error) => _skipped.Add(error);

    private protected void AddDeadLettered(RecordException error) => _deadLettered.Add(error);
}
