namespace Akka.Actor;

/// <summary>What the runtime tells an actor's cell; handled before any user message, also while the actor is suspended.</summary>
abstract class SystemMessage
{
    // Links the messages of one mailbox; a system message is sent to one actor, once.
    public SystemMessage Next;

    /// <summary>Waits until a cell that is stopping its children has done so.</summary>
    public virtual bool WaitsForChildren => false;

    /// <summary>Waits until a suspended cell is resumed.</summary>
    public virtual bool WaitsForResume => false;
}

sealed class Create : SystemMessage;

sealed class Terminate : SystemMessage;

sealed class Suspend : SystemMessage
{
    public override bool WaitsForChildren => true;
}

sealed class Resume(Exception causedByFailure) : SystemMessage
{
    public Exception CausedByFailure { get; } = causedByFailure;

    public override bool WaitsForChildren => true;
}

sealed class Recreate(Exception cause) : SystemMessage
{
    public Exception Cause { get; } = cause;

    public override bool WaitsForChildren => true;
}

sealed class Failed(IInternalActorRef child, Exception cause, long uid) : SystemMessage
{
    public IInternalActorRef Child { get; } = child;

    public Exception Cause { get; } = cause;

    public long Uid { get; } = uid;

    public override bool WaitsForResume => true;
}

sealed class WatchMessage(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    public IInternalActorRef Watchee { get; } = watchee;

    public IInternalActorRef Watcher { get; } = watcher;
}

sealed class UnwatchMessage(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    public IInternalActorRef Watchee { get; } = watchee;

    public IInternalActorRef Watcher { get; } = watcher;
}

sealed class DeathWatchNotification(IInternalActorRef actor, bool existenceConfirmed, bool addressTerminated = false) : SystemMessage
{
    public IInternalActorRef Actor { get; } = actor;

    public bool ExistenceConfirmed { get; } = existenceConfirmed;

    public bool AddressTerminated { get; } = addressTerminated;
}

/// <summary>Runs a part of an actor's asynchronous handler in the actor's context.</summary>
sealed class RunContinuation(ActorTaskScheduler scheduler, Task task, object message) : SystemMessage
{
    public object Message { get; } = message;

    public void Run() => scheduler.Execute(task);
}

/// <summary>An actor's asynchronous handler has failed.</summary>
sealed class AsyncFailure(Exception cause, object message) : SystemMessage
{
    public Exception Cause { get; } = cause;

    public object Message { get; } = message;
}
