using Akka.Actor;

namespace Akka.Cluster;

/// <summary>What a node does in the phases of the coordinated shutdown, and who waits for its end.</summary>
sealed class ClusterShutdown
{
    readonly Cluster _cluster;
    readonly CoordinatedShutdown _shutdown;
    readonly TaskCompletionSource<Done> _leaving = NewSignal();
    readonly TaskCompletionSource<Done> _exiting = NewSignal();
    readonly TaskCompletionSource<Done> _terminated = NewSignal();

    public ClusterShutdown(Cluster cluster, CoordinatedShutdown shutdown)
    {
        _cluster = cluster;
        _shutdown = shutdown;
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "leave", () => WhenMember(() =>
        {
            cluster.Leave(cluster.SelfAddress);
            return _leaving.Task;
        }));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterExiting, "wait-exiting", () => WhenMember(() => _exiting.Task));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterExitingDone, "exiting-completed", () => WhenMember(() =>
        {
            cluster.Membership.ConfirmExiting(cluster.SelfUniqueAddress);
            return Task.FromResult(Done.Instance);
        }));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShutdown, "wait-shutdown", () =>
        {
            if (cluster.Membership == null)
                cluster.Shutdown();
            return _terminated.Task;
        });
    }

    public void OnTerminated(Action callback) =>
        _terminated.Task.ContinueWith(_ => callback(), TaskContinuationOptions.ExecuteSynchronously);

    public void Terminated()
    {
        _leaving.TrySetResult(Done.Instance);
        _exiting.TrySetResult(Done.Instance);
        _terminated.TrySetResult(Done.Instance);
    }

    public void Observe(IEnumerable<ClusterEvent.IClusterDomainEvent> events)
    {
        foreach (var moved in events.OfType<ClusterEvent.IMemberEvent>().Where(moved => moved.Member.UniqueAddress == _cluster.SelfUniqueAddress))
            Observe(moved.Member.Status);
    }

    void Observe(MemberStatus status)
    {
        if (status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up)
            return;
        _leaving.TrySetResult(Done.Instance);
        if (status is MemberStatus.Leaving)
            return;
        _exiting.TrySetResult(Done.Instance);
        switch (status)
        {
            case MemberStatus.Exiting:
                _shutdown.Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
                break;
            case MemberStatus.Down when _cluster.Settings.RunCoordinatedShutdownWhenDown:
                _shutdown.Run(CoordinatedShutdown.ClusterDowningReason.Instance);
                break;
            case MemberStatus.Removed:
                _cluster.Shutdown();
                break;
        }
    }

    Task<Done> WhenMember(Func<Task<Done>> task) =>
        _cluster.Membership == null || _cluster.IsTerminated || _cluster.SelfMember.Status is MemberStatus.Down or MemberStatus.Removed
            ? Task.FromResult(Done.Instance)
            : task();

    static TaskCompletionSource<Done> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
