using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace GokaAkka.Testing.Simulation;

/// <summary>The timers of simulated actors: events of the process whose actor is told. Named in HOCON.</summary>
sealed class SimTimers : SchedulerBase
{
    public SimTimers(Config config, ILoggingAdapter log) : base(config, log) => Actors = SimActors.Making;

    public SimActors Actors { get; }

    public override TimeSpan MonotonicClock => TimeSpan.Zero;

    public override TimeSpan HighResMonotonicClock => TimeSpan.Zero;

    protected override DateTimeOffset TimeNow => DateTimeOffset.UnixEpoch;

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Tell(delay, null, receiver, message, sender, cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Tell(initialDelay, interval, receiver, message, sender, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => throw NotTold();

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => throw NotTold();

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) => throw NotTold();

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) => throw NotTold();

    void Tell(TimeSpan delay, TimeSpan? interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable)
    {
        // What is left of a process that is gone waits for nothing any more.
        if (Actors.ProcessOf(((IActorRef)receiver).Path) is not { IsAlive: true } process)
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

    static NotSupportedException NotTold() => new("A simulated timer tells an actor something: an action would belong to no process.");
}
