namespace Akka.Actor;

public abstract class ActorRefBase : IActorRef
{
    private protected ActorRefBase()
    {
    }

    public abstract ActorPath Path { get; }

    public void Tell(object message, IActorRef sender) => TellInternal(message, sender);

    private protected abstract void TellInternal(object message, IActorRef sender);

    public bool Equals(IActorRef other) =>
        ReferenceEquals(this, other) || (other != null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    public override bool Equals(object obj) => Equals(obj as IActorRef);

    public override int GetHashCode() => HashCode.Combine(Path.Uid, Path.Name);

    public int CompareTo(IActorRef other)
    {
        var order = Path.CompareTo(other.Path);
        return order != 0 ? order : Path.Uid.CompareTo(other.Path.Uid);
    }

    public int CompareTo(object obj) => obj is IActorRef other
        ? CompareTo(other)
        : throw new ArgumentException("Object must be of type IActorRef.", nameof(obj));

    public override string ToString() => Path.Uid == ActorPath.UndefinedUid ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";
}

public abstract class InternalActorRefBase : ActorRefBase, IInternalActorRef
{
    private protected InternalActorRefBase()
    {
    }

    ActorSystemImpl IInternalActorRef.System => SystemOfRef;

    IInternalActorRef IInternalActorRef.Parent => ParentOfRef;

    IEnumerable<IActorRef> IInternalActorRef.Children => ChildrenOfRef;

    IInternalActorRef IInternalActorRef.GetChild(string name) => ChildOfRef(name);

    void IInternalActorRef.SendSystemMessage(SystemMessage message) => Receive(message);

    private protected abstract ActorSystemImpl SystemOfRef { get; }

    private protected virtual IInternalActorRef ParentOfRef => ActorRefs.Nobody;

    private protected virtual IEnumerable<IActorRef> ChildrenOfRef => [];

    private protected virtual IInternalActorRef ChildOfRef(string name) => ActorRefs.Nobody;

    private protected abstract void Receive(SystemMessage message);
}

/// <summary>A reference without an actor behind it.</summary>
public abstract class MinimalActorRef : InternalActorRefBase
{
    private protected MinimalActorRef()
    {
    }

    private protected override ActorSystemImpl SystemOfRef => null;

    private protected override void TellInternal(object message, IActorRef sender)
    {
    }

    private protected override void Receive(SystemMessage message)
    {
    }
}
