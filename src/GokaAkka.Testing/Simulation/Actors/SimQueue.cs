using Akka.Actor;
using Akka.Dispatch.MessageQueues;

namespace GokaAkka.Testing.Simulation;

/// <summary>An actor's messages, and the process that the actor is part of.</summary>
sealed class SimQueue(IActorRef? owner, SimActors actors) : UnboundedMessageQueue
{
    // A message is handled within half a millisecond, in steps of the clock.
    const ulong LongestDelay = TimeSpan.TicksPerMillisecond / 2;

    readonly ulong _path = owner is null ? 0 : Hash(owner.Path.ToStringWithoutAddress());
    ulong _turns;

    public SimProcess? Process { get; } = owner is null ? null : actors.ProcessOf(owner.Path);

    /// <summary>Handles the next message.</summary>
    public Action? Turn { get; set; }

    /// <summary>How long it takes until the next message is handled.</summary>
    /// <param name="seed">The world's.</param>
    /// <param name="order">Which one comes first of those that are handled at the same moment.</param>
    public TimeSpan NextDelay(ulong seed, out long order)
    {
        var chance = new SimRandom(seed ^ _path ^ (++_turns * 0xD6E8FEB86659FD93)).Next();
        order = (long)(chance >> 2);
        return TimeSpan.FromTicks((long)(chance % LongestDelay));
    }

    // FNV-1a: the runtime's own differs from process to process.
    static ulong Hash(string path)
    {
        var hash = 14695981039346656037;
        foreach (var c in path)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }
}
