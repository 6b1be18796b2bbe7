using Akka.Actor;
using Akka.Event;

namespace Akka.Pattern;

/// <summary>Turns a restart into a stop and, after a pause, a start. A child that stops by itself ends the supervisor.</summary>
sealed class BackoffOnRestartSupervisor(BackoffOptionsImpl options)
    : BackoffSupervisorBase(options.ChildProps, options.ChildName, options.Reset, options.ReplyWhileStopped, options.FinalStopMessage)
{
    protected override SupervisorStrategy SupervisorStrategy()
    {
        var strategy = options.Strategy;
        return new OneForOneStrategy(strategy.MaxNumberOfRetries, strategy.WithinTimeRangeMilliseconds, cause =>
        {
            var directive = strategy.Decider.Decide(cause);
            return directive == Directive.Restart ? StopInstead(strategy, Sender) : directive;
        });
    }

    protected override bool Receive(object message)
    {
        if (message is not Terminated terminated || !terminated.ActorRef.Equals(Child))
            return HandleBackoff(message);
        Log.Debug("Terminating, because child {0} terminated itself", Child);
        Context.Stop(Self);
        return true;
    }

    Directive StopInstead(OneForOneStrategy strategy, IActorRef child)
    {
        if (strategy.WithinTimeRangeMilliseconds > 0 && RestartCountN == 0)
            Context.System.Scheduler.ScheduleTellOnce(strategy.WithinTimeRangeMilliseconds, Self, new BackoffSupervisor.ResetRestartCount(RestartCountN), Self);
        if (strategy.MaxNumberOfRetries >= 0 && RestartCountN + 1 > strategy.MaxNumberOfRetries)
        {
            Log.Debug("Terminating on restart #{0} which exceeds max allowed restarts ({1})", RestartCountN + 1, strategy.MaxNumberOfRetries);
            Become(Receive);
            Context.Stop(Self);
        }
        else
        {
            Become(message => WaitForTermination(message, child) || HandleBackoff(message));
        }
        return Directive.Stop;
    }

    bool WaitForTermination(object message, IActorRef child)
    {
        switch (message)
        {
            case Terminated terminated when terminated.ActorRef.Equals(child):
                Become(Receive);
                Child = null;
                ScheduleStart(options.MinBackoff, options.MaxBackoff, options.RandomFactor);
                return true;
            case BackoffSupervisor.StartChild:
                return true;
            default:
                return false;
        }
    }
}
