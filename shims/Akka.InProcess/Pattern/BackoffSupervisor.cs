using Akka.Actor;
using Akka.Event;

namespace Akka.Pattern;

/// <summary>Starts its child again after a pause when it has stopped; a failure is the business of the strategy.</summary>
public sealed class BackoffSupervisor : BackoffSupervisorBase
{
    readonly TimeSpan _minBackoff;
    readonly TimeSpan _maxBackoff;
    readonly double _randomFactor;
    readonly SupervisorStrategy _strategy;

    public BackoffSupervisor(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor)
        : this(childProps, childName, minBackoff, maxBackoff, new AutoReset(minBackoff), randomFactor, Actor.SupervisorStrategy.DefaultStrategy)
    {
    }

    public BackoffSupervisor(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, IBackoffReset reset, double randomFactor,
        SupervisorStrategy strategy, object replyWhileStopped = null, Func<object, bool> finalStopMessage = null)
        : base(childProps, childName, reset, replyWhileStopped, finalStopMessage)
    {
        _minBackoff = minBackoff;
        _maxBackoff = maxBackoff;
        _randomFactor = randomFactor;
        _strategy = strategy;
    }

    public static Props Props(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor) =>
        PropsWithSupervisorStrategy(childProps, childName, minBackoff, maxBackoff, randomFactor, Actor.SupervisorStrategy.DefaultStrategy);

    public static Props Props(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor, int maxNrOfRetries) =>
        PropsWithSupervisorStrategy(childProps, childName, minBackoff, maxBackoff, randomFactor,
            ((OneForOneStrategy)Actor.SupervisorStrategy.DefaultStrategy).WithMaxNrOfRetries(maxNrOfRetries));

    public static Props Props(BackoffOptions options) => options.Props;

    public static Props PropsWithSupervisorStrategy(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor,
        SupervisorStrategy strategy) =>
        Actor.Props.Create(() => new BackoffSupervisor(childProps, childName, minBackoff, maxBackoff, new AutoReset(minBackoff), randomFactor, strategy, null, null));

    protected override SupervisorStrategy SupervisorStrategy() => _strategy;

    protected override bool Receive(object message) => OnTerminated(message) || HandleBackoff(message);

    bool OnTerminated(object message)
    {
        if (message is not Terminated terminated || !terminated.ActorRef.Equals(Child))
            return false;
        Child = null;
        var maxNrOfRetries = (_strategy as OneForOneStrategy)?.MaxNumberOfRetries ?? -1;
        if (FinalStopMessageReceived)
        {
            Context.Stop(Self);
        }
        else if (maxNrOfRetries == -1 || RestartCountN + 1 <= maxNrOfRetries)
        {
            ScheduleStart(_minBackoff, _maxBackoff, _randomFactor);
        }
        else
        {
            Log.Debug("Terminating on restart #{0} which exceeds max allowed restarts ({1})", RestartCountN + 1, maxNrOfRetries);
            Context.Stop(Self);
        }
        return true;
    }

    public sealed class GetCurrentChild
    {
        public static readonly GetCurrentChild Instance = new();

        GetCurrentChild()
        {
        }
    }

    public sealed class CurrentChild
    {
        public CurrentChild(IActorRef @ref) => Ref = @ref;

        /// <summary>Null while the child is stopped.</summary>
        public IActorRef Ref { get; }
    }

    public new sealed class Reset
    {
        public static readonly Reset Instance = new();

        Reset()
        {
        }
    }

    public sealed class GetRestartCount
    {
        public static readonly GetRestartCount Instance = new();

        GetRestartCount()
        {
        }
    }

    public sealed class RestartCount
    {
        public RestartCount(int count) => Count = count;

        public int Count { get; }
    }

    public sealed class StartChild : IDeadLetterSuppression
    {
        public static readonly StartChild Instance = new();

        StartChild()
        {
        }
    }

    public sealed class ResetRestartCount : IDeadLetterSuppression
    {
        public ResetRestartCount(int current) => Current = current;

        public int Current { get; }
    }
}
