using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>
/// An actor's place in the hierarchy. It outlives the actor's instances: a restart replaces the instance, the cell keeps path,
/// mailbox, children and watches. Everything but <see cref="Post"/>, the children and the mailbox is touched only by the thread
/// that runs the mailbox.
/// </summary>
sealed partial class ActorCell : IUntypedActorContext
{
    [ThreadStatic]
    static ActorCell t_current;

    readonly Stack<Receive> _behaviors = new();
    ActorBase _actor;
    ActorTaskScheduler _taskScheduler;
    StashImpl _stash;

    public ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, MessageDispatcher dispatcher, IInternalActorRef parent)
    {
        System = system;
        SelfRef = self;
        Props = props;
        Parent = parent;
        Mailbox = new Mailbox(this, dispatcher);
    }

    /// <summary>The cell whose actor this thread is running; null outside of actors.</summary>
    public static ActorCell Current => t_current;

    public ActorSystemImpl System { get; }

    public LocalActorRef SelfRef { get; }

    public Props Props { get; }

    public IInternalActorRef Parent { get; }

    public Mailbox Mailbox { get; }

    public IActorRef Self => SelfRef;

    public IActorRef Sender { get; private set; }

    public object CurrentMessage { get; set; }

    /// <summary>Counts messages, so that a stash can tell one message from the next.</summary>
    public long MessageNumber { get; private set; }

    public ActorBase Actor => _actor;

    public ActorTaskScheduler TaskScheduler => _taskScheduler ??= new ActorTaskScheduler(this);

    /// <summary>True between the end of an instance and the start of its successor.</summary>
    public bool HasBeenCleared { get; private set; }

    ActorSystem IActorContext.System => System;

    IActorRef IActorContext.Parent => Parent;

    Type ActorType => _actor?.GetType() ?? Props.Type;

    public static ActorCell Enter(ActorCell cell)
    {
        var outer = t_current;
        t_current = cell;
        return outer;
    }

    public static void Leave(ActorCell outer) => t_current = outer;

    public void Post(SystemMessage message) => Mailbox.Post(message);

    // The behaviour at the bottom is the actor's Receive method; it stays, so that the last unbecome returns to it.
    public void Become(Receive receive)
    {
        if (_behaviors.Count > 1)
            _behaviors.Pop();
        _behaviors.Push(receive);
    }

    public void BecomeStacked(Receive receive) => _behaviors.Push(receive);

    public void UnbecomeStacked()
    {
        if (_behaviors.Count > 1)
            _behaviors.Pop();
    }

    void IUntypedActorContext.Become(UntypedReceive receive) => Become(Always(receive));

    void IUntypedActorContext.BecomeStacked(UntypedReceive receive) => BecomeStacked(Always(receive));

    public IActorRef ActorOf(Props props, string name = null) => MakeChild(props, name);

    public ActorSelection ActorSelection(string actorPath) => Selections.Parse(actorPath, System, relativeTo: SelfRef);

    public ActorSelection ActorSelection(ActorPath actorPath) => Selections.At(actorPath, System);

    static Receive Always(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    ActorBase NewActor()
    {
        HasBeenCleared = false;
        _behaviors.Clear();
        var actor = Props.NewActor() ?? throw new ActorInitializationException(Self, "Props.NewActor returned null");
        if (actor is IActorStash stashing)
            stashing.Stash = _stash = new StashImpl(this);
        if (Props.SupervisorStrategy != null)
            actor.Strategy = Props.SupervisorStrategy;
        (actor as ReceiveActor)?.EndOfConstruction();
        actor.Unclear(); // a producer may hand out the same instance again
        return actor;
    }

    void ClearActor(ActorBase actor)
    {
        if (actor != null)
        {
            if (actor is IDisposable disposable)
            {
                try
                {
                    disposable.Dispose();
                }
                catch (Exception e)
                {
                    Publish(new Event.Error(e, Self.Path.ToString(), actor.GetType(), $"The actor's Dispose failed: {e.Message}"));
                }
            }
            Props.Release(actor);
            actor.Clear(System.DeadLetters);
        }
        HasBeenCleared = true;
        CurrentMessage = null;
        _behaviors.Clear();
    }

    void Publish(Event.LogEvent logEvent) => System.EventStream.Publish(logEvent);
}
