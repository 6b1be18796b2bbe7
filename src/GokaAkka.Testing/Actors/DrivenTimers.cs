using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace GokaAkka.Testing;

/// <summary>The timers of driven actors. Named in HOCON.</summary>
sealed class DrivenTimers(Config config, ILoggingAdapter log) : SchedulerBase(config, log)
{
    public DrivenActors Actors { get; } = DrivenActors.Making;

    public override TimeSpan MonotonicClock => TimeSpan.Zero;

    public override TimeSpan HighResMonotonicClock => TimeSpan.Zero;

    protected override DateTimeOffset TimeNow => DateTimeOffset.UnixEpoch;

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Actors.Schedule(delay, null, receiver, message, sender, cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Actors.Schedule(initialDelay, interval, receiver, message, sender, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => throw NotTold();

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => throw NotTold();

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) => throw NotTold();

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) => throw NotTold();

    static NotSupportedException NotTold() => new("A driven timer tells an actor something: an action would belong to nobody.");
}
