using GokaAkka.Runtime;

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

/// <summary>What a view's actor tells its handle.</summary>
/// <param name="troubles">Told of what it waits for: its own board, or that of the processor that looks the table up.</param>
/// <param name="runtime">How its promises are completed.</param>
sealed class ViewStatus(TroubleBoard troubles, NodeRuntime runtime) : PartStatus<ViewState>(troubles, ViewState.Starting, ViewState.Running, runtime)
{
    readonly TaskCreationOptions _completion = runtime.Completion;
    TaskCompletionSource _progress = new(runtime.Completion);

    /// <summary>Ends at the next progress of any partition.</summary>
    public Task Progress => Volatile.Read(ref _progress).Task;

    /// <summary>A partition has made progress.</summary>
    public void Pulse() =>
        Interlocked.Exchange(ref _progress, new TaskCompletionSource(_completion)).TrySetResult();

    public void End(Exception? error)
    {
        End(
            error is null ? ViewState.Stopped : ViewState.Failed, error,
            new ObjectDisposedException("View", "The view was disposed before it was complete."));
        Pulse();
    }
}
