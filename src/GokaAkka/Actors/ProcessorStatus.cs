using GokaAkka.Kafka.Polling;
using GokaAkka.Runtime;

namespace GokaAkka.Actors;

/// <summary>What a processor is at. goka's states.</summary>
public enum ProcessorState
{
    /// <summary>Its topics are being checked.</summary>
    Starting,

    /// <summary>It joins the group, or partitions are being restored.</summary>
    Setup,

    /// <summary>Every partition of this node processes records.</summary>
    Running,

    /// <summary>It finishes what it has begun and leaves the group.</summary>
    Stopping,

    /// <summary>It has stopped as it was asked to.</summary>
    Stopped,

    /// <summary>It has stopped because of an error: see <c>Done</c>.</summary>
    Failed,
}

/// <summary>What a processor's actors tell its handle.</summary>
sealed class ProcessorStatus(NodeRuntime runtime)
    : PartStatus<ProcessorState>(new TroubleBoard(runtime.Time), ProcessorState.Starting, ProcessorState.Running, runtime)
{
    readonly CancellationTokenSource _ended = new();

    /// <summary>The topics that the application has paused.</summary>
    public HaltedTopics Halted { get; } = new();

    /// <summary>Cancelled when the processor has stopped, for whatever reason.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>The last changes of its assignment.</summary>
    public RebalanceHistory Rebalances { get; } = new(runtime.Time);

    /// <summary>The polling thread's, while there is one.</summary>
    public GroupPoller? Poller
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Whether partitions had not finished when the processor was told to stop and <c>goka.processor.drain-timeout</c> was over.</summary>
    public bool IsCutOff { get; set; }

    public void End(Exception? error)
    {
        Troubles.Clear();
        End(
            error is null ? ProcessorState.Stopped : ProcessorState.Failed, error,
            new ProcessorStoppedException("The processor was stopped before it was ready."));
        _ended.Cancel();
    }
}

/// <summary>Something was asked of a processor that has stopped.</summary>
public sealed class ProcessorStoppedException : InvalidOperationException
{
    internal ProcessorStoppedException(string message) : base(message)
    {
    }
}

/// <summary>A processor or view cannot start. The message lists every problem found, each naming the topic, what was found and expected.</summary>
public sealed class StartupException : Exception
{
    internal StartupException(string owner, IReadOnlyList<string> problems, Exception? cause = null)
        : base($"'{owner}' cannot start:\n" + string.Join('\n', problems.Select(p => $"  - {p}")), cause) => Problems = problems;

    /// <summary>The problems, one or more sentences each.</summary>
    public IReadOnlyList<string> Problems { get; }
}
