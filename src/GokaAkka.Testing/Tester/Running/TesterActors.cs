using Akka.Actor;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace GokaAkka.Testing;

/// <summary>
/// What a tester runs its actors on: they run when the tester pumps, on its thread, in the order in which they became ready, and their timers strike when the
/// virtual clock passes them. Anything may become ready on any thread; the rest is the tester's.
/// </summary>
/// <param name="now">The virtual clock.</param>
/// <param name="context">Where asynchronous callbacks go on.</param>
sealed class TesterActors(Func<TimeSpan> now, PumpedContext context) : DrivenActors
{
    /// <summary>How often whatever happens now and then would happen if anybody waited for it: the tester has it happen when all else has.</summary>
    public static readonly TimeSpan NowAndThen = TimeSpan.FromDays(1);

    /// <summary>The interval of flushes, so that they can be told from the rest.</summary>
    public static readonly TimeSpan FlushInterval = TimeSpan.FromDays(2);

    /// <summary>An interval that is never over: of what looks after brokers, which the tester's need not.</summary>
    public static readonly TimeSpan Never = TimeSpan.FromDays(365_000);

    readonly ConcurrentQueue<IRunnable> _ready = new();
    readonly HashSet<string> _asynchronous = new(StringComparer.Ordinal);
    readonly List<ActorTimer> _timers = [];

    /// <summary>Whether something is ready to run.</summary>
    public bool IsReady => !_ready.IsEmpty;

    /// <summary>When the next timer strikes that is worth moving the clock for; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan NextDeadline
    {
        get
        {
            _timers.RemoveAll(static t => t.IsCancelled);
            return _timers.Where(static t => t.Interval is null).Select(static t => t.Due).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        }
    }

    /// <summary>Starts the actor that a process is about.</summary>
    /// <param name="name">The process.</param>
    /// <param name="props">The actor.</param>
    /// <param name="isAsynchronous">Whether its partitions have callbacks that go on in <see cref="PumpedContext"/>.</param>
    public IActorRef Start(string name, Props props, bool isAsynchronous)
    {
        if (isAsynchronous)
            _asynchronous.Add(name);
        return System.ActorOf(props, name);
    }

    public override void Execute(IRunnable run)
    {
        _ready.Enqueue(run);
        context?.Wake();
    }

    public override void Schedule(TimeSpan delay, TimeSpan? interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable)
    {
        if (delay < Never)
            _timers.Add(new ActorTimer(() => receiver.Tell(message, sender), receiver, interval, cancelable) { Due = now() + delay });
    }

    public override UnboundedMessageQueue NewQueue(IActorRef? owner) => new TesterQueue(owner?.Path.Elements is [_, var process, var partition]
        && partition.StartsWith("partition-", StringComparison.Ordinal) && _asynchronous.Contains(process));

    /// <summary>Runs what is ready until nothing is.</summary>
    /// <returns>How much ran.</returns>
    public int Pump()
    {
        var count = 0;
        for (; _ready.TryDequeue(out var run); count++)
        {
            // Without an asynchronous callback there is nothing to go on here, and one that blocks on asynchronous work of its own, as is allowed in
            // production, must not wait for a context that it keeps from being pumped.
            if (run is Mailbox { MessageQueue: TesterQueue { IsAsynchronous: true } })
                context.Run(run.Run);
            else
                run.Run();
        }

        return count;
    }

    public void StrikeDue()
    {
        while (_timers.Where(t => t.Due <= now() && !t.IsCancelled).MinBy(static t => t.Due) is { } timer)
            Strike(timer);
    }

    /// <summary>Has timers strike that strike again and again, as if their intervals were over.</summary>
    /// <param name="flushes">Whether flushes are among them.</param>
    /// <returns>How many actors they tell.</returns>
    public int StrikePeriodic(bool flushes)
    {
        var striking = _timers.Where(t => t is { IsCancelled: false, Interval: { } interval } && (flushes || interval != FlushInterval)).ToList();
        striking.ForEach(Strike);
        return striking.Select(static t => t.Receiver).Distinct().Count();
    }

    void Strike(ActorTimer timer)
    {
        if (timer.Interval is { } interval)
            timer.Due = now() + interval;
        else
            _timers.Remove(timer);
        timer.Tell();
    }

    sealed class ActorTimer(Action tell, ICanTell receiver, TimeSpan? interval, ICancelable? cancelable)
    {
        public Action Tell => tell;

        public ICanTell Receiver => receiver;

        public TimeSpan? Interval => interval;

        public TimeSpan Due { get; set; }

        public bool IsCancelled => cancelable is { IsCancellationRequested: true };
    }
}

/// <summary>An actor's messages.</summary>
sealed class TesterQueue(bool isAsynchronous) : UnboundedMessageQueue
{
    /// <summary>Whether the actor calls callbacks that go on in the tester's context.</summary>
    public bool IsAsynchronous => isAsynchronous;
}
