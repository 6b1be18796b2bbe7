using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using AkkaLevel = Akka.Event.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace GokaAkka.Hosting.Logging;

/// <summary>
/// Hands what an actor system logs, from <c>akka.loglevel</c> on, to the host's loggers: the category is the class that logs, the state names its
/// actor.
/// </summary>
sealed class LogBridge(ILoggerFactory loggers, AkkaLevel from) : UntypedActor
{
    /// <summary>Starts it, beside the application's actors: it outlives them.</summary>
    public static void Start(ActorSystem system, ILoggerFactory loggers)
    {
        if (string.Equals(system.Settings.LogLevel, "OFF", StringComparison.OrdinalIgnoreCase))
            return;
        var from = Akka.Event.Logging.LogLevelFor(system.Settings.LogLevel);
        var bridge = ((ExtendedActorSystem)system).SystemActorOf(Props.Create(() => new LogBridge(loggers, from)), "goka-log");
        // Here and not when the actor starts: what is logged next must not be missed.
        system.EventStream.Subscribe(bridge, typeof(LogEvent));
    }

    protected override void OnReceive(object message)
    {
        if (message is not LogEvent happened || happened.LogLevel() < from)
            return;
        var logger = loggers.CreateLogger(Category(happened.LogClass));
        var level = Level(happened.LogLevel());
        if (!logger.IsEnabled(level))
            return;
        var said = new KeyValuePair<string, object?>[] { new("ActorPath", happened.LogSource), new("{OriginalFormat}", "{Message}"), new("Message", happened.Message) };
        logger.Log(level, default, said, happened.Cause, static (state, _) => state[2].Value?.ToString() ?? "");
    }

    // Without the type arguments, by which nobody would filter.
    static string Category(Type? from) => (from?.IsGenericType is true ? from.GetGenericTypeDefinition() : from)?.FullName?.Split('`')[0] ?? "Akka";

    static LogLevel Level(AkkaLevel level) => level switch
    {
        AkkaLevel.DebugLevel => LogLevel.Debug,
        AkkaLevel.InfoLevel => LogLevel.Information,
        AkkaLevel.WarningLevel => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
