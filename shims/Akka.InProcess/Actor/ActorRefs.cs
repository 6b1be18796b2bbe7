namespace Akka.Actor;

public static class ActorRefs
{
    public static readonly Nobody Nobody = Nobody.Instance;

    /// <summary>Null: the receiver of a message without a sender sees dead letters as its sender.</summary>
    public static readonly IActorRef NoSender = null;
}

/// <summary>The reference of no actor; what it is told is lost.</summary>
public sealed class Nobody : MinimalActorRef
{
    public static readonly Nobody Instance = new();

    Nobody()
    {
    }

    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems, "/Nobody");
}
