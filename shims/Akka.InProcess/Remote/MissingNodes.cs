using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>Says once per address that there is no such node here.</summary>
sealed class MissingNodes(ActorSystemImpl system)
{
    readonly ConcurrentDictionary<Address, bool> _reported = new();

    public void Report(Address address, Func<Address, bool> isMember)
    {
        // A member that has crashed is no mistake of the configuration.
        if (isMember(address) || !_reported.TryAdd(address, true))
            return;
        system.Log.Warning("There is no actor system at {0} in this process: messages to it are lost. " +
            "The in-process implementation has no remoting; several processes or machines need the Akka.NET packages.", address);
    }
}
