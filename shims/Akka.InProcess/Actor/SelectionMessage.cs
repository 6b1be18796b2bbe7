using Akka.Remote;

namespace Akka.Actor;

/// <summary>A message to a selection of another system, which the root guardian there takes apart.</summary>
sealed record SelectionMessage(string[] Elements, object Message) : ICarriesReferences
{
    public object For(WireContext wire) => this with { Message = wire.Message(Message) };
}
