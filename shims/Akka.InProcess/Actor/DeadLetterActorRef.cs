using Akka.Event;

namespace Akka.Actor;

/// <summary>Where messages end that cannot be delivered: on the event stream.</summary>
sealed class DeadLetterActorRef(ActorSystemImpl system, ActorPath path) : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    private protected override ActorSystemImpl SystemOfRef => system;

    private protected override void TellInternal(object message, IActorRef sender)
    {
        if (message == null)
            throw new InvalidMessageException("Message is null");
        if (message is DeadLetter letter)
            system.EventStream.Publish(letter);
        else
            Bounce(new Envelope(message, sender), this);
    }

    private protected override void Receive(SystemMessage message) => Bounce(message);

    /// <summary>The message of an envelope that <paramref name="recipient"/> will not get.</summary>
    public void Bounce(Envelope envelope, IActorRef recipient)
    {
        var sender = envelope.Sender ?? this;
        switch (envelope.Message)
        {
            case Identify identify:
                sender.Tell(new ActorIdentity(identify.MessageId, null), recipient);
                break;
            // Published to a subscriber that has stopped: publishing it again would never end.
            case AllDeadLetters:
                break;
            case IDeadLetterSuppression suppressed:
                system.EventStream.Publish(new SuppressedDeadLetter(suppressed, sender, recipient));
                break;
            default:
                system.EventStream.Publish(new DeadLetter(envelope.Message, sender, recipient));
                break;
        }
    }

    /// <summary>A system message for an actor that has stopped: who watches it is told so.</summary>
    public void Bounce(SystemMessage message)
    {
        if (message is WatchMessage watch && !watch.Watcher.Equals(watch.Watchee))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, existenceConfirmed: false));
    }
}

/// <summary>The reference of a path at which there is no actor.</summary>
sealed class EmptyLocalActorRef(ActorSystemImpl system, ActorPath path) : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    private protected override ActorSystemImpl SystemOfRef => system;

    private protected override void TellInternal(object message, IActorRef sender) =>
        system.DeadLettersRef.Bounce(new Envelope(message, sender), this);

    private protected override void Receive(SystemMessage message) => system.DeadLettersRef.Bounce(message);
}
