using Akka.Actor;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace GokaAkka.Testing.Simulation;

/// <summary>
/// An actor system whose actors run when the world's scheduler says so: each message is an event, a moment after it was sent, on the one thread there is.
/// How long the moment is follows from the seed, the actor's path and the number of its messages, not from the order in which actors become ready: that is
/// in places the order of Akka.NET's hashed collections, which differs from process to process. It takes long to make, so worlds use it one after the other.
/// </summary>
sealed class SimActors : DrivenActors
{
    static readonly ConcurrentBag<SimActors> Spare = [];

    // What belongs to no process of the world, and what is left of those that are dead.
    readonly Queue<IRunnable> _loose = new();
    readonly Dictionary<string, (SimProcess Process, IActorRef Actor)> _processes = new(StringComparer.Ordinal);
    SimWorld? _world;
    bool _isPumping;

    SimActors() => Pump();

    /// <summary>A system for a world; given back by <see cref="End"/>.</summary>
    public static SimActors Begin(SimWorld world)
    {
        if (!Spare.TryTake(out var actors))
            actors = new SimActors();
        actors._world = world;
        return actors;
    }

    /// <summary>Starts the actor that a process is about.</summary>
    public IActorRef Start(SimProcess process, Props props)
    {
        // Known before its mailbox is made.
        _processes[process.Name] = (process, ActorRefs.Nobody);
        var actor = System.ActorOf(props, process.Name);
        _processes[process.Name] = (process, actor);
        return actor;
    }

    /// <summary>The process is gone: of its actors, all that is left to do is to end. Brokers, disks and clocks are out of their reach.</summary>
    public void Kill(SimProcess process)
    {
        process.Kill();
        if (_processes.TryGetValue(process.Name, out var found))
            System.Stop(found.Actor);
    }

    /// <summary>The world has ended: so do its actors.</summary>
    public void End()
    {
        foreach (var (process, _) in _processes.Values.ToList())
            Kill(process);
        var scheduler = _world!.Scheduler;
        _world = null;
        do
        {
            Pump();
        }
        while (scheduler.RunNextTurn() || _loose.Count > 0);
        _processes.Clear();
        if (((ActorRefWithCell)((ExtendedActorSystem)System).Guardian).Children.Any())
            throw new InvalidOperationException("Actors of a simulated world have outlived it.");
        Spare.Add(this);
    }

    /// <summary>The process that an actor belongs to, or null.</summary>
    public SimProcess? ProcessOf(ActorPath path)
    {
        // user/PROCESS/...
        if (_processes.Count == 0)
            return null;
        var elements = path.Elements;
        return elements.Count > 1 && _processes.TryGetValue(elements[1], out var found) ? found.Process : null;
    }

    public override UnboundedMessageQueue NewQueue(IActorRef? owner) => new SimQueue(owner, this);

    /// <summary>Timers are events of the process whose actor is told.</summary>
    public override void Schedule(TimeSpan delay, TimeSpan? interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable)
    {
        // What is left of a process that is gone waits for nothing any more.
        if (ProcessOf(((IActorRef)receiver).Path) is not { IsAlive: true } process)
            return;
        process.After(delay, Strike);

        void Strike()
        {
            if (cancelable is { IsCancellationRequested: true })
                return;
            receiver.Tell(message, sender);
            if (interval is { } pause)
                process.After(pause, Strike);
        }
    }

    public override void Execute(IRunnable run)
    {
        if (_world is not null && run is Mailbox { MessageQueue: SimQueue { Process: { IsAlive: true } process } queue })
        {
            _world.Scheduler.Turn(queue.NextDelay(_world.Seed, out var order), order, queue.Turn ??= () => Run(process, queue, run));
            return;
        }

        _loose.Enqueue(run);
        _world?.Scheduler.After(TimeSpan.Zero, Pump);
    }

    static void Run(SimProcess process, SimQueue queue, IRunnable run)
    {
        if (process.IsPaused)
            process.Later(queue.Turn!);
        else
            run.Run();
    }

    void Pump()
    {
        // What runs may make others ready.
        if (_isPumping)
            return;
        _isPumping = true;
        while (_loose.TryDequeue(out var run))
            run.Run();
        _isPumping = false;
    }
}
