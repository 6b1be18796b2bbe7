using System.Collections.Concurrent;
using Akka.Actor;

namespace Akka.Event;

/// <summary>Hands what is published to those subscribed to its type, a base type or an interface of it; to each once.</summary>
public class EventStream : LoggingBus
{
    readonly Lock _lock = new();
    readonly Dictionary<IActorRef, HashSet<Type>> _subscriptions = new();
    // Who gets events of a type; forgotten with every change.
    ConcurrentDictionary<Type, IActorRef[]> _receivers = new();
    IActorRef _unsubscriber;

    internal EventStream()
    {
    }

    public override bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue(subscriber, out var channels))
            {
                _subscriptions.Add(subscriber, channels = []);
                _unsubscriber?.Tell(subscriber, ActorRefs.NoSender);
            }
            if (!channels.Add(channel))
                return false;
            _receivers = new ConcurrentDictionary<Type, IActorRef[]>();
            return true;
        }
    }

    public override bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue(subscriber, out var channels) || !channels.Remove(channel))
                return false;
            if (channels.Count == 0)
                _subscriptions.Remove(subscriber);
            _receivers = new ConcurrentDictionary<Type, IActorRef[]>();
            return true;
        }
    }

    public override bool Unsubscribe(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_lock)
        {
            if (!_subscriptions.Remove(subscriber))
                return false;
            _receivers = new ConcurrentDictionary<Type, IActorRef[]>();
            return true;
        }
    }

    private protected override void PublishToSubscribers(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        var known = Volatile.Read(ref _receivers);
        if (!known.TryGetValue(@event.GetType(), out var receivers))
            receivers = FindReceivers(@event.GetType());
        foreach (var receiver in receivers)
            receiver.Tell(@event, ActorRefs.NoSender);
    }

    /// <summary>From now on subscribers that stop are unsubscribed.</summary>
    internal void StartUnsubscriber(ActorSystemImpl system)
    {
        var unsubscriber = system.SystemActorOf(Props.Create(() => new Unsubscriber(this)), "eventStreamUnsubscriber");
        lock (_lock)
        {
            _unsubscriber = unsubscriber;
            foreach (var subscriber in _subscriptions.Keys)
                unsubscriber.Tell(subscriber, ActorRefs.NoSender);
        }
    }

    IActorRef[] FindReceivers(Type type)
    {
        lock (_lock)
        {
            var receivers = _subscriptions.Where(subscription => subscription.Value.Any(channel => channel.IsAssignableFrom(type)))
                .Select(subscription => subscription.Key).ToArray();
            _receivers[type] = receivers;
            return receivers;
        }
    }

    sealed class Unsubscriber(EventStream stream) : ActorBase
    {
        protected override bool Receive(object message)
        {
            switch (message)
            {
                case IInternalActorRef { System: not null } subscriber:
                    Context.Watch(subscriber);
                    return true;
                case Terminated terminated:
                    stream.Unsubscribe(terminated.ActorRef);
                    return true;
                default:
                    return message is IActorRef;
            }
        }
    }
}

public static class EventStreamExtensions
{
    public static bool Subscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) => eventStream.Subscribe(subscriber, typeof(TChannel));

    public static bool Unsubscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) => eventStream.Unsubscribe(subscriber, typeof(TChannel));
}
