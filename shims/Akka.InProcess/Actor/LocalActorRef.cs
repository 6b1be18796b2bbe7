namespace Akka.Actor;

sealed class LocalActorRef : InternalActorRefBase
{
    public LocalActorRef(ActorSystemImpl system, Props props, Dispatch.MessageDispatcher dispatcher, IInternalActorRef parent, ActorPath path)
    {
        Path = path;
        Cell = new ActorCell(system, this, props, dispatcher, parent);
    }

    public override ActorPath Path { get; }

    public ActorCell Cell { get; }

    public void Start() => Cell.Post(new Create());

    public void Stop() => Cell.Post(new Terminate());

    public void Suspend() => Cell.Post(new Suspend());

    public void Resume(Exception causedByFailure) => Cell.Post(new Resume(causedByFailure));

    public void Restart(Exception cause) => Cell.Post(new Recreate(cause));

    private protected override ActorSystemImpl SystemOfRef => Cell.System;

    private protected override IInternalActorRef ParentOfRef => Cell.Parent;

    private protected override IEnumerable<IActorRef> ChildrenOfRef => Cell.GetChildren();

    private protected override IInternalActorRef ChildOfRef(string name) =>
        (IInternalActorRef)Cell.Children.Find(name)?.Child ?? ActorRefs.Nobody;

    private protected override void TellInternal(object message, IActorRef sender)
    {
        if (message == null)
            throw new InvalidMessageException("Message is null.");
        Cell.Mailbox.Post(new Envelope(message, sender));
    }

    private protected override void Receive(SystemMessage message) => Cell.Post(message);
}
