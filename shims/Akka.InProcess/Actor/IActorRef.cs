namespace Akka.Actor;

public interface ICanTell
{
    void Tell(object message, IActorRef sender);
}

/// <summary>The handle of an actor: can be given away, compared, and told messages; equal when path and incarnation are.</summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>, IComparable
{
    ActorPath Path { get; }
}

/// <summary>What the runtime needs of a reference beyond telling it messages.</summary>
interface IInternalActorRef : IActorRef
{
    /// <summary>The system that asks on this reference are answered in; null where there is none.</summary>
    ActorSystemImpl System { get; }

    IInternalActorRef Parent { get; }

    /// <summary>The child of that name, or <see cref="ActorRefs.Nobody"/>.</summary>
    IInternalActorRef GetChild(string name);

    IEnumerable<IActorRef> Children { get; }

    void SendSystemMessage(SystemMessage message);
}
