namespace Akka.Actor;

/// <summary>Finds actors by their paths, those of other systems included.</summary>
public interface IActorRefProvider
{
    /// <summary>The address that other systems know this one by; without host and port when they do not.</summary>
    Address DefaultAddress { get; }

    IActorRef DeadLetters { get; }

    IActorRef ResolveActorRef(string path);

    IActorRef ResolveActorRef(ActorPath actorPath);
}

sealed class ActorRefProvider(ActorSystemImpl system) : IActorRefProvider
{
    public Address DefaultAddress => system.Endpoint?.Address ?? system.Address;

    public IActorRef DeadLetters => system.DeadLetters;

    public IActorRef ResolveActorRef(string path) =>
        ActorPath.TryParse(path, out var parsed) ? ResolveActorRef(parsed) : system.DeadLetters;

    public IActorRef ResolveActorRef(ActorPath actorPath)
    {
        if (system.Endpoint is { } endpoint)
            return endpoint.Resolve(actorPath);
        return actorPath.Address.Equals(system.Address) ? system.FindLocal(actorPath) : system.DeadLetters;
    }
}
