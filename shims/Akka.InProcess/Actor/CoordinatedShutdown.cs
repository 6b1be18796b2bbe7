using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Runs tasks in phases, one phase after the other, before the system ends.</summary>
public sealed class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    readonly ConcurrentDictionary<string, ImmutableList<(string Name, Func<Task<Done>> Run)>> _tasks = new();
    readonly TaskCompletionSource<Done> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ShutdownPhases _phases;
    readonly ILoggingAdapter _log;
    Reason _started;

    internal CoordinatedShutdown(ExtendedActorSystem system, ShutdownPhases phases)
    {
        System = system;
        _phases = phases;
        _log = Logging.GetLogger(system, GetType());
    }

    public ExtendedActorSystem System { get; }

    /// <summary>Why the shutdown runs; null before it does.</summary>
    public Reason ShutdownReason => _started;

    /// <summary>The time that the phases with tasks may take together.</summary>
    public TimeSpan TotalTimeout => _tasks.Keys.Aggregate(TimeSpan.Zero, (total, phase) => total + Timeout(phase));

    public static CoordinatedShutdown Get(ActorSystem sys) => sys.WithExtension<CoordinatedShutdown, CoordinatedShutdownExtension>();

    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        if (!_phases.Known.Contains(phase))
            throw new ConfigurationException($"Unknown phase [{phase}], known phases [{string.Join(",", _phases.Known)}]. " +
                "All phases (along with their optional dependencies) must be defined in configuration.");
        _tasks.AddOrUpdate(phase, _ => [(taskName, task)], (_, tasks) => tasks.Add((taskName, task)));
    }

    public TimeSpan Timeout(string phase) => _phases.Find(phase)?.Timeout
        ?? throw new ArgumentException($"Unknown phase [{phase}]. All phases must be defined in configuration.");

    /// <summary>Starts the shutdown, the first time that it is called; the task is that of the one shutdown.</summary>
    public Task<Done> Run(Reason reason, string fromPhase = null)
    {
        if (Interlocked.CompareExchange(ref _started, reason, null) == null)
            _ = RunPhases(fromPhase);
        return _done.Task;
    }

    async Task RunPhases(string fromPhase)
    {
        try
        {
            foreach (var phase in _phases.InOrder.SkipWhile(phase => fromPhase != null && phase != fromPhase))
            {
                if (!_tasks.TryGetValue(phase, out var tasks))
                    continue;
                if (_log.IsDebugEnabled)
                    _log.Debug("Performing phase [{0}] with [{1}] tasks: [{2}]", phase, tasks.Count, string.Join(", ", tasks.Select(task => task.Name)));
                await RunPhase(phase, _phases.Find(phase), tasks).ConfigureAwait(false);
            }
            _done.SetResult(Done.Instance);
        }
        catch (Exception e)
        {
            _done.SetException(e);
        }
    }

    async Task RunPhase(string name, ShutdownPhase phase, ImmutableList<(string Name, Func<Task<Done>> Run)> tasks)
    {
        var all = Task.WhenAll(tasks.Select(task => RunTask(name, phase, task.Name, task.Run)));
        if (await InTime(all, name, phase.Timeout).ConfigureAwait(false))
            await all.ConfigureAwait(false);
        else if (phase.Recover)
            _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", name, phase.Timeout);
        else
            throw new TimeoutException($"Coordinated shutdown phase[{name}] timed out after {phase.Timeout}");
    }

    async Task RunTask(string phaseName, ShutdownPhase phase, string taskName, Func<Task<Done>> run)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (Exception e) when (phase.Recover)
        {
            _log.Warning("Task [{0}] failed in phase [{1}]: {2}", taskName, phaseName, e.Message);
        }
    }

    // By the system's scheduler, so that virtual time counts. The scheduler runs what is waiting when it is disposed: the last
    // phase, which ends the scheduler, must not take that for its time being over.
    async Task<bool> InTime(Task tasks, string phase, TimeSpan timeout)
    {
        if (tasks.IsCompleted)
            return true;
        var scheduler = System.Scheduler;
        var deadline = scheduler.MonotonicClock + timeout;
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timer = new Cancelable(scheduler.Advanced);
        try
        {
            scheduler.Advanced.ScheduleOnce(timeout, () => over.TrySetResult(), timer);
        }
        catch (SchedulerException)
        {
            return true; // the system has ended already
        }
        var first = await Task.WhenAny(tasks, over.Task).ConfigureAwait(false);
        timer.Cancel();
        return first == tasks || tasks.IsCompleted || (phase == PhaseActorSystemTerminate && scheduler.MonotonicClock < deadline);
    }

    public class Reason
    {
        protected Reason()
        {
        }
    }

    public class UnknownReason : Reason
    {
        public static readonly Reason Instance = new UnknownReason();

        UnknownReason()
        {
        }
    }

    public class ActorSystemTerminateReason : Reason
    {
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        ActorSystemTerminateReason()
        {
        }
    }

    public class ClrExitReason : Reason
    {
        public static readonly Reason Instance = new ClrExitReason();

        ClrExitReason()
        {
        }
    }

    public class ClusterDowningReason : Reason
    {
        public static readonly Reason Instance = new ClusterDowningReason();

        ClusterDowningReason()
        {
        }
    }

    public class ClusterLeavingReason : Reason
    {
        public static readonly Reason Instance = new ClusterLeavingReason();

        ClusterLeavingReason()
        {
        }
    }

    public class ClusterJoinUnsuccessfulReason : Reason
    {
        public static readonly Reason Instance = new ClusterJoinUnsuccessfulReason();

        ClusterJoinUnsuccessfulReason()
        {
        }
    }
}
