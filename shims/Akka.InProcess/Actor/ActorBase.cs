namespace Akka.Actor;

public abstract class ActorBase
{
    // What an instance that was stopped or replaced sees as itself: its context belongs to its successor.
    IActorRef _clearedSelf;
    SupervisorStrategy _strategy;

    protected ActorBase()
    {
        if (ActorCell.Current == null)
            throw new ActorInitializationException("Do not create actors using 'new', always create them using an ActorContext/System");
        if (this is IWithTimers timed)
            timed.Timers = new TimerScheduler(ActorCell.Current);
        Context.Become(Receive);
    }

    protected IActorRef Sender => Context.Sender;

    protected IActorRef Self => _clearedSelf ?? Context.Self;

    protected static IActorContext Context
    {
        get
        {
            var cell = ActorCell.Current ?? throw new NotSupportedException(
                "There is no active ActorContext, this is most likely due to use of async operations from within this actor.");
            return cell.HasBeenCleared ? null : cell;
        }
    }

    protected static Receive EmptyReceive => _ => false;

    protected abstract bool Receive(object message);

    protected internal virtual bool AroundReceive(Receive receive, object message)
    {
        if (message is TimerMessage timer)
        {
            var timers = (this as IWithTimers)?.Timers as TimerScheduler;
            var cell = ActorCell.Current;
            switch (timers?.Accept(timer))
            {
                case null:
                    return true;
                case IAutoReceivedMessage automatic:
                    cell.AutoReceive(new Envelope(automatic, Self));
                    return true;
                case var inner:
                    message = cell.CurrentMessage = inner;
                    break;
            }
        }
        var handled = receive(message);
        if (!handled)
            Unhandled(message);
        return handled;
    }

    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated)
            throw new DeathPactException(terminated.ActorRef);
        Context.System.EventStream.Publish(new Event.UnhandledMessage(message, Sender, Self));
    }

    protected void Become(Receive receive) => Context.Become(receive);

    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);

    protected void UnbecomeStacked() => Context.UnbecomeStacked();

    protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

    protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    protected virtual void PreStart()
    {
    }

    protected virtual void PostStop()
    {
    }

    /// <summary>Stops the children and calls <see cref="PostStop"/>, unless overridden.</summary>
    protected virtual void PreRestart(Exception reason, object message)
    {
        foreach (var child in Context.GetChildren().ToList())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }
        PostStop();
    }

    /// <summary>Calls <see cref="PreStart"/> on the new instance, unless overridden.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    public virtual void AroundPreStart() => PreStart();

    public virtual void AroundPostStop()
    {
        (this as IWithTimers)?.Timers?.CancelAll();
        PostStop();
    }

    public virtual void AroundPreRestart(Exception cause, object message)
    {
        (this as IWithTimers)?.Timers?.CancelAll();
        PreRestart(cause, message);
    }

    public virtual void AroundPostRestart(Exception cause, object message) => PostRestart(cause);

    /// <summary>The strategy of the props when they name one, else the actor's own, asked for once.</summary>
    internal SupervisorStrategy Strategy
    {
        get => _strategy ??= SupervisorStrategy();
        set => _strategy = value;
    }

    internal void Clear(IActorRef self) => _clearedSelf = self;

    internal void Unclear() => _clearedSelf = null;
}
