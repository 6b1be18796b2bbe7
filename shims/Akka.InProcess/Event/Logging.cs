using Akka.Actor;

namespace Akka.Event;

public class DummyClassForStringSources;

/// <summary>Where a log event comes from: a text, and the type that is the class of the event.</summary>
public readonly struct LogSource
{
    LogSource(string source, Type type)
    {
        Source = source;
        Type = type;
    }

    public string Source { get; }

    public Type Type { get; }

    public static LogSource Create(object o) => o switch
    {
        IActorContext context => new LogSource(context.Self.Path.ToString(), SourceType(o)),
        IActorRef actorRef => new LogSource(actorRef.Path.ToString(), SourceType(o)),
        string text => new LogSource(text, SourceType(o)),
        _ => new LogSource(Logging.SimpleName(SourceType(o)), SourceType(o)),
    };

    public static LogSource Create(object o, ActorSystem system) => o switch
    {
        LogSource source => source,
        IActorContext context => new LogSource(FromActor(context, system), SourceType(o)),
        IActorRef actorRef => new LogSource(FromActorRef(actorRef, system), SourceType(o)),
        string text => new LogSource(FromString(text, system), SourceType(o)),
        _ => new LogSource(FromType(SourceType(o), system), SourceType(o)),
    };

    public static LogSource Create(string source, Type t) => new(source, t);

    public static Type SourceType(object o) => o switch
    {
        Type type => type,
        IActorContext context => context.Props.Type,
        string => typeof(DummyClassForStringSources),
        _ => o.GetType(),
    };

    public static string FromType(Type t, ActorSystem system) => $"{Logging.SimpleName(t)} ({system})";

    public static string FromString(string source, ActorSystem system) => $"{source} ({system})";

    public static string FromActor(IActorContext actor, ActorSystem system) => FromActorRef(actor.Self, system);

    public static string FromActorRef(IActorRef a, ActorSystem system) => a.Path.ToStringWithAddress(((ActorSystemImpl)system).Address);
}

public static class Logging
{
    // The level of "OFF", above every event's.
    const LogLevel Off = (LogLevel)int.MaxValue;

    public static string SimpleName(object o) => SimpleName(o.GetType());

    public static string SimpleName(Type t) => t.Name;

    public static ILoggingAdapter GetLogger(this IActorContext context, ILogMessageFormatter logMessageFormatter = null) =>
        GetLogger(context.System, context, logMessageFormatter);

    public static ILoggingAdapter GetLogger(ActorSystem system, object logSourceObj, ILogMessageFormatter logMessageFormatter = null) =>
        Adapter(system.EventStream, LogSource.Create(logSourceObj, system), logMessageFormatter ?? system.Settings.LogFormatter);

    public static ILoggingAdapter GetLogger(LoggingBus loggingBus, object logSourceObj, ILogMessageFormatter logMessageFormatter = null) =>
        Adapter(loggingBus, LogSource.Create(logSourceObj), logMessageFormatter ?? DefaultLogMessageFormatter.Instance);

    public static Type ClassFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => typeof(Debug),
        LogLevel.InfoLevel => typeof(Info),
        LogLevel.WarningLevel => typeof(Warning),
        LogLevel.ErrorLevel => typeof(Error),
        _ => throw new ArgumentException("Unknown LogLevel", nameof(logLevel)),
    };

    public static string StringFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => "DEBUG",
        LogLevel.InfoLevel => "INFO",
        LogLevel.WarningLevel => "WARNING",
        LogLevel.ErrorLevel => "ERROR",
        Off => "OFF",
        _ => throw new ArgumentException("Unknown LogLevel", nameof(logLevel)),
    };

    public static LogLevel LogLevelFor(string logLevel) => logLevel?.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.DebugLevel,
        "INFO" => LogLevel.InfoLevel,
        "WARNING" => LogLevel.WarningLevel,
        "ERROR" => LogLevel.ErrorLevel,
        "OFF" => Off,
        _ => throw new ArgumentException(
            $"Unknown LogLevel: \"{logLevel}\". Valid values are: \"DEBUG\", \"INFO\", \"WARNING\", \"ERROR\"", nameof(logLevel)),
    };

    public static LogLevel LogLevelFor<T>()
        where T : LogEvent
    {
        foreach (var level in Enum.GetValues<LogLevel>())
            if (level.ClassFor() == typeof(T))
                return level;
        throw new ArgumentException($"Unknown LogEvent type: \"{typeof(T).FullName}\".");
    }

    static BusLogging Adapter(LoggingBus bus, LogSource source, ILogMessageFormatter formatter) => new(bus, source.Source, source.Type, formatter);
}
