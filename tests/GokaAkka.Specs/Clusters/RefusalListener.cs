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

    public static Props Props(ConcurrentQueue<string> refused) => Akka.Actor.Props.Create(() => new RefusalListener(refused));
}
