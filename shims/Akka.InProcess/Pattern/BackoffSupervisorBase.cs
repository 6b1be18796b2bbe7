using Akka.Actor;
using Akka.Event;

namespace Akka.Pattern;

/// <summary>Has one child, forwards to it what it is told, and starts it again after a pause.</summary>
public abstract class BackoffSupervisorBase : ActorBase
{
    internal BackoffSupervisorBase(Props childProps, string childName, IBackoffReset reset, object replyWhileStopped = null,
        Func<object, bool> finalStopMessage = null)
    {
        ChildProps = childProps;
        ChildName = childName;
        Reset = reset;
        ReplyWhileStopped = replyWhileStopped;
        FinalStopMessage = finalStopMessage;
        Log = Logging.GetLogger(Context.System, GetType());
    }

    protected Props ChildProps { get; }

    protected string ChildName { get; }

    protected IBackoffReset Reset { get; }

    protected object ReplyWhileStopped { get; }

    protected Func<object, bool> FinalStopMessage { get; }

    /// <summary>Null while it is stopped.</summary>
    protected IActorRef Child { get; set; }

    protected int RestartCountN { get; set; }

    protected bool FinalStopMessageReceived { get; set; }

    internal ILoggingAdapter Log { get; }

    protected override void PreStart()
    {
        StartChild();
        base.PreStart();
    }

    protected bool HandleBackoff(object message)
    {
        switch (message)
        {
            case BackoffSupervisor.StartChild:
                StartChild();
                if (Reset is AutoReset auto)
                    Context.System.Scheduler.ScheduleTellOnce(auto.ResetBackoff, Self, new BackoffSupervisor.ResetRestartCount(RestartCountN), Self);
                break;
            case BackoffSupervisor.Reset when Reset is ManualReset:
                RestartCountN = 0;
                break;
            case BackoffSupervisor.Reset:
                Unhandled(message);
                break;
            case BackoffSupervisor.ResetRestartCount reset:
                // Another restart since then: that one's timer counts.
                if (reset.Current == RestartCountN)
                    RestartCountN = 0;
                break;
            case BackoffSupervisor.GetRestartCount:
                Sender.Tell(new BackoffSupervisor.RestartCount(RestartCountN));
                break;
            case BackoffSupervisor.GetCurrentChild:
                Sender.Tell(new BackoffSupervisor.CurrentChild(Child));
                break;
            default:
                PassOn(message);
                break;
        }
        return true;
    }

    internal void ScheduleStart(TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor)
    {
        Context.System.Scheduler.ScheduleTellOnce(Delay(RestartCountN, minBackoff, maxBackoff, randomFactor), Self,
            BackoffSupervisor.StartChild.Instance, Self);
        RestartCountN++;
    }

    internal static TimeSpan Delay(int restartCount, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor)
    {
        var ticks = Math.Min(maxBackoff.Ticks, minBackoff.Ticks * Math.Pow(2, restartCount)) * (1.0 + Random.Shared.NextDouble() * randomFactor);
        return ticks >= long.MaxValue ? maxBackoff : new TimeSpan((long)ticks);
    }

    void StartChild() => Child ??= Context.Watch(Context.ActorOf(ChildProps, ChildName));

    void PassOn(object message)
    {
        if (Child == null)
        {
            if (ReplyWhileStopped != null)
                Sender.Tell(ReplyWhileStopped);
            else
                Context.System.DeadLetters.Forward(message);
            if (IsFinal(message))
                Context.Stop(Self);
        }
        else if (Child.Equals(Sender))
        {
            Context.Parent.Tell(message);
        }
        else
        {
            Child.Forward(message);
            FinalStopMessageReceived |= IsFinal(message);
        }
    }

    bool IsFinal(object message) => FinalStopMessage != null && FinalStopMessage(message);
}
