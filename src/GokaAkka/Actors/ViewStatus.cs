using System.Collections.Concurrent;

namespace GokaAkka.Actors;

/// <summary>What a view is at. goka's states, without the one that serves before it is complete.</summary>
public enum ViewState
{
    /// <summary>Its topic is being looked up.</summary>
    Starting,

    /// <summary>
    /// It reads the table: for the first time, again because a partition has failed, or what was written while no broker answered. Partitions
    /// that were complete once serve their last known values meanwhile.
    /// </summary>
    CatchingUp,

    /// <summary>
    /// The brokers do not answer for every partition of its table: the connection is lost, or a partition has no leader. It serves its last
    /// known values and goes on by itself when they answer again. goka's <c>Connecting</c>.
    /// </summary>
    Reconnecting,

    /// <summary>It has every record that was in the table when it began, and follows.</summary>
    Running,

    /// <summary>It has been disposed.</summary>
    Stopped,

    /// <summary>It has stopped because of an error: see <c>Done</c>.</summary>
    Failed,
}

/// <summary>What a view's actor tells its handle. Safe for concurrent use.</summary>
sealed class ViewStatus
{
    readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile int _state = (int)ViewState.Starting;

    /// <param name="troubles">Told of what it waits for: its own board, or that of the processor that looks the table up.</param>
    public ViewStatus(TroubleBoard troubles)
    {
        Troubles = troubles;
        _ = _ready.Task.ContinueWith(static t => _ = t.Exception, TaskContinuationOptions.OnlyOnFaulted);
        _ = _done.Task.ContinueWith(static t => _ = t.Exception, TaskContinuationOptions.OnlyOnFaulted);
    }

    /// <summary>What keeps it from its work at the moment.</summary>
    public TroubleBoard Troubles { get; }

    public Task Ready => _ready.Task;

    public Task Done => _done.Task;

    public ConcurrentDictionary<int, PartitionStatus> Partitions { get; } = new();

    public event Action<ViewState>? Changed;

    /// <summary>Ends at the next progress of any partition.</summary>
    public Task Progress => Volatile.Read(ref _progress).Task;

    /// <summary>A partition has made progress.</summary>
    public void Pulse() =>
        Interlocked.Exchange(ref _progress, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public ViewState State
    {
        get => (ViewState)_state;
        set
        {
            if (_state == (int)value)
                return;
            _state = (int)value;
            if (value == ViewState.Running)
                _ready.TrySetResult();
            Tell(value);
        }
    }

    /// <summary>Hears of listeners of <see cref="Changed"/> that threw: their fault is not the view's.</summary>
    public Action<Exception>? ListenerFailed { get; set; }

    void Tell(ViewState state)
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
        State = error is null ? ViewState.Stopped : ViewState.Failed;
        if (error is null)
        {
            _ready.TrySetException(new ObjectDisposedException("View", "The view was disposed before it was complete."));
            _done.TrySetResult();
        }
        else
        {
            _ready.TrySetException(error);
            _done.TrySetException(error);
        }

        Pulse();
    }
}
