using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// What a parent does about a failing child. Strategies other than one-for-one and all-for-one cannot be written against the
/// in-process implementation.
/// </summary>
public abstract class SupervisorStrategy
{
    /// <summary>Restarts; stops after a failure to start, a Kill and a death pact.</summary>
    public static IDecider DefaultDecider = Actor.Decider.From(Directive.Restart,
        KeyValuePair.Create(typeof(ActorInitializationException), Directive.Stop),
        KeyValuePair.Create(typeof(ActorKilledException), Directive.Stop),
        KeyValuePair.Create(typeof(DeathPactException), Directive.Stop));

    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    public static readonly OneForOneStrategy StoppingStrategy = new(_ => Directive.Stop);

    private protected SupervisorStrategy()
    {
    }

    public abstract IDecider Decider { get; }

    protected bool LoggingEnabled { get; set; }

    protected abstract Directive Handle(IActorRef child, Exception exception);

    /// <summary>Applies the decision; false when the failure is the parent's own supervisor's to handle.</summary>
    internal bool HandleFailure(ActorCell parent, IActorRef child, Exception cause, ChildStats stats, ChildStats[] children)
    {
        var directive = Handle(child, cause);
        LogFailure(parent, child, cause, directive);
        switch (directive)
        {
            case Directive.Resume:
                stats.Child.Resume(cause);
                return true;
            case Directive.Restart:
                Process(parent, restart: true, stats, cause, children);
                return true;
            case Directive.Stop:
                Process(parent, restart: false, stats, cause, children);
                return true;
            default:
                return false;
        }
    }

    private protected abstract void Process(ActorCell parent, bool restart, ChildStats failed, Exception cause, ChildStats[] children);

    protected virtual void LogFailure(IActorContext context, IActorRef child, Exception cause, Directive directive)
    {
        if (!LoggingEnabled || directive == Directive.Escalate)
            return;
        var message = cause is ActorInitializationException { InnerException: { } inner } ? inner.Message : cause.Message;
        LogEvent logEvent = directive == Directive.Resume
            ? new Warning(cause, child.Path.ToString(), GetType(), message)
            : new Error(cause, child.Path.ToString(), GetType(), message);
        context.System.EventStream.Publish(logEvent);
    }
}
