using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;

namespace GokaAkka.Specs.Clusters;

/// <summary>Hears of messages between nodes that could not be written or read: remoting tells its log, and nobody else.</summary>
sealed class RefusalListener : ReceiveActor
{
    public RefusalListener(ConcurrentQueue<string> refused) => Receive<LogEvent>(e =>
    {
        var text = $"{Context.System.Name}, {e.LogLevel()}: {e.Message} {e.Cause?.Message}";
        if (text.Contains("seriali", StringComparison.OrdinalIgnoreCase) || text.Contains("is refused", StringComparison.Ordinal))
            refused.Enqueue(text);
    });

    public static void Start(ActorSystem system, ConcurrentQueue<string> refused) =>
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new RefusalListener(refused))), typeof(LogEvent));
}
