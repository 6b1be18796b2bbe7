using System.Threading.Channels;
using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>Puts what it gets into the queue that the test reads. Runs on the thread that tells it something.</summary>
sealed class InternalTestActor(ChannelWriter<MessageEnvelope> queue) : UntypedActor
{
    Func<object, bool> _ignore;
    AutoPilot _autoPilot;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SetIgnore setIgnore:
                _ignore = setIgnore.Ignore;
                return;
            case SetAutoPilot setAutoPilot:
                _autoPilot = setAutoPilot.AutoPilot;
                return;
            case WatchActor watch:
                Context.Watch(watch.Actor);
                Sender.Tell(Done.Instance);
                return;
            case UnwatchActor unwatch:
                Context.Unwatch(unwatch.Actor);
                Sender.Tell(Done.Instance);
                return;
            case Spawn spawn:
                var props = spawn.Strategy == null ? spawn.Props : spawn.Props.WithSupervisorStrategy(spawn.Strategy);
                queue.TryWrite(new RealMessageEnvelope(Context.ActorOf(props, spawn.Name), Self));
                return;
        }
        if (_autoPilot != null && _autoPilot.Run(Sender, message) is var next and not KeepRunning)
            _autoPilot = next;
        if (_ignore == null || !_ignore(message))
            queue.TryWrite(new RealMessageEnvelope(message, Sender));
    }

    public sealed record SetIgnore(Func<object, bool> Ignore) : INoSerializationVerificationNeeded;

    public sealed record SetAutoPilot(AutoPilot AutoPilot) : INoSerializationVerificationNeeded;

    public sealed record WatchActor(IActorRef Actor) : INoSerializationVerificationNeeded;

    public sealed record UnwatchActor(IActorRef Actor) : INoSerializationVerificationNeeded;

    public sealed record Spawn(Props Props, string Name, SupervisorStrategy Strategy) : INoSerializationVerificationNeeded;
}
