using System.Runtime.Serialization;
using Akka.Actor;

namespace Akka.Remote;

/// <summary>A message with references to actors in it that the runtime sends from system to system.</summary>
interface ICarriesReferences
{
    object For(WireContext wire);
}

readonly record struct WireContext(NodeEndpoint From, NodeEndpoint To, bool SerializeAll)
{
    public IActorRef Ref(IActorRef actor) => To.Localize(actor);

    public object Message(object message) => Wire.Transfer(message, From, To, SerializeAll);
}

/// <summary>
/// The way of a message from one system to another: through bytes when its type has a serializer, as it is otherwise.
/// </summary>
static class Wire
{
    public static object Transfer(object message, NodeEndpoint from, NodeEndpoint to, bool serializeAll)
    {
        var context = new WireContext(from, to, serializeAll);
        switch (message)
        {
            case ICarriesReferences carrier:
                return carrier.For(context);
            case ActorIdentity identity:
                return new ActorIdentity(identity.MessageId, context.Ref(identity.Subject));
            case Terminated terminated:
                return new Terminated(context.Ref(terminated.ActorRef), terminated.ExistenceConfirmed, terminated.AddressTerminated);
            case Status.Success { Status: not null } success:
                return new Status.Success(context.Message(success.Status));
            case IActorRef actor:
                return context.Ref(actor);
        }
        var serializer = from.System.Serialization.TryFind(message.GetType());
        if (serializer == null)
        {
            if (serializeAll && NeedsSerializer(message))
                throw new SerializationException(
                    $"Serializer not found for type {message.GetType().FullName}. Name one in 'akka.actor.serialization-bindings'.");
            return message;
        }
        var bytes = serializer.ToBinary(message);
        return to.System.Serialization.Deserialize(bytes, serializer.Identifier, Serialization.Serialization.ManifestFor(serializer, message));
    }

    static bool NeedsSerializer(object message) =>
        message is not (string or INoSerializationVerificationNeeded or IAutoReceivedMessage or Status) && !message.GetType().IsPrimitive
        && message.GetType().Assembly != typeof(Wire).Assembly;
}
