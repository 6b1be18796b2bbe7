using System.Collections.Concurrent;
using Akka.Actor;

namespace Akka.InProcess.Tests.Clusters;

/// <summary>Keeps what an actor of a node has been told, in order.</summary>
public sealed class Recorder
{
    readonly ConcurrentQueue<object> _told = new();
    readonly ConcurrentQueue<IActorRef> _senders = new();

    public Recorder(ActorSystem system, string name = null) => Ref = system.ActorOf(Props.Create(() => new Listener(this)), name);

    public IActorRef Ref { get; }

    public object[] Told => [.. _told];

    public IActorRef[] Senders => [.. _senders];

    public async Task<T> Expect<T>(Func<T, bool> matching = null)
    {
        await Nodes.Until(() => _told.OfType<T>().Any(matching ?? (_ => true)), () => $"told [{string.Join("; ", _told)}], waiting for {typeof(T)}");
        return _told.OfType<T>().First(matching ?? (_ => true));
    }

    /// <summary>Makes the actor watch another.</summary>
    public void Watch(IActorRef subject) => Ref.Tell(new WatchIt(subject));

    sealed record WatchIt(IActorRef Subject) : INoSerializationVerificationNeeded;

    sealed class Listener : ReceiveActor
    {
        public Listener(Recorder recorder)
        {
            Receive<WatchIt>(watch => Context.Watch(watch.Subject));
            ReceiveAny(message =>
            {
                recorder._senders.Enqueue(Sender);
                recorder._told.Enqueue(message);
            });
        }
    }
}

/// <summary>Answers with what it is told, and with the address that it sees the asker at.</summary>
public sealed class Echo : ReceiveActor
{
    public Echo()
    {
        Receive<string>(text => Sender.Tell(text));
        Receive<int>(_ => Context.Stop(Self));
    }
}
