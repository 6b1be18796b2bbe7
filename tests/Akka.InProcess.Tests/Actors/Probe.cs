using Akka.Actor;

namespace Akka.InProcess.Tests.Actors;

/// <summary>Tells the test what happens to it, and does as it is told.</summary>
public class Subject : ReceiveActor
{
    readonly IActorRef _reportTo;

    public Subject(IActorRef reportTo)
    {
        _reportTo = reportTo;
        Receive<Exception>(e => throw e);
        Receive<Do>(todo => todo.Action(Context));
        Receive<string>(text => _reportTo.Tell(text, Self));
    }

    /// <summary>Runs in the actor.</summary>
    public sealed record Do(Action<IUntypedActorContext> Action);

    protected override void PreStart() => Report("PreStart");

    protected override void PostStop() => Report("PostStop");

    protected override void PreRestart(Exception reason, object message)
    {
        Report($"PreRestart {reason.Message} {message?.GetType().Name}");
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        Report($"PostRestart {reason.Message}");
        base.PostRestart(reason);
    }

    void Report(string what) => _reportTo.Tell(what, Self);
}
