using System.Collections.Concurrent;
using GokaAkka.Kafka.Polling;

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

/// <summary>What a processor's actors tell its handle. Safe for concurrent use.</summary>
sealed class ProcessorStatus
{
    readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly CancellationTokenSource _ended = new();
    volatile int _state = (int)ProcessorState.Starting;
    volatile GroupPoller? _poller;

    /// <summary>The topics that the application has paused.</summary>
    public HaltedTopics Halted { get; } = new();

    public ProcessorStatus(TimeProvider time)
    {
        Troubles = new TroubleBoard(time);
        Rebalances = new RebalanceHistory(time);
        // Whoever does not wait for them hears of a failure through the log: it is not an unobserved exception.
        _ = _ready.Task.ContinueWith(static t => _ = t.Exception, TaskContinuationOptions.OnlyOnFaulted);
        _ = _done.Task.ContinueWith(static t => _ = t.Exception, TaskContinuationOptions.OnlyOnFaulted);
    }

    public Task Ready => _ready.Task;

    public Task Done => _done.Task;

    /// <summary>Cancelled when the processor has stopped, for whatever reason.</summary>
    public CancellationToken Ended => _ended.Token;

    public ConcurrentDictionary<int, PartitionStatus> Partitions { get; } = new();

    /// <summary>What keeps it from its work at the moment.</summary>
    public TroubleBoard Troubles { get; }

    /// <summary>The last changes of its assignment.</summary>
    public RebalanceHistory Rebalances { get; }

    /// <summary>The polling thread's, while there is one.</summary>
    public GroupPoller? Poller
    {
        get => _poller;
        set => _poller = value;
    }

    /// <summary>Whether partitions had not finished when the processor was told to stop and <c>goka.processor.drain-timeout</c> was over.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>Told after each change of state, on the actor's thread.</summary>
    public event Action<ProcessorState>? Changed;

    public ProcessorState State
    {
        get => (ProcessorState)_state;
        set
        {
            if (_state == (int)value)
                return;
            _state = (int)value;
            if (value == ProcessorState.Running)
                _ready.TrySetResult();
            Tell(value);
        }
    }

    /// <summary>Hears of listeners of <see cref="Changed"/> that threw: their fault is not the processor's.</summary>
    public Action<Exception>? ListenerFailed { get; set; }

    void Tell(ProcessorState state)
    {
        try
        {
            Changed?.Invoke(state);
        }
        catch (Exception e)
        {
            ListenerFailed?.Invoke(e);
        }
    }

    public void End(Exception? error)
    {
        Troubles.Clear();
        State = error is null ? ProcessorState.Stopped : ProcessorState.Failed;
        if (error is null)
        {
            _ready.TrySetException(new ProcessorStoppedException("The processor was stopped before it was ready."));
            _done.TrySetResult();
        }
        else
        {
            _ready.TrySetException(error);
            _done.TrySetException(error);
        }

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
