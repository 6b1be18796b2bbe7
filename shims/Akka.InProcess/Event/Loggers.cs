using Akka.Actor;

namespace Akka.Event;

/// <summary>A logger without an actor: it writes on the thread that logs.</summary>
public abstract class MinimalLogger : MinimalActorRef
{
    public sealed override ActorPath Path { get; } = new RootActorPath(Address.AllSystems, "/StandardOutLogger");

    protected abstract void Log(object message);

    private protected sealed override void TellInternal(object message, IActorRef sender) =>
        Log(message ?? throw new ArgumentNullException(nameof(message), "The message to log must not be null."));
}

public class StandardOutLogger : MinimalLogger
{
    static readonly Lock s_lock = new();

    public static ConsoleColor DebugColor { get; set; } = ConsoleColor.Gray;

    public static ConsoleColor InfoColor { get; set; } = ConsoleColor.White;

    public static ConsoleColor WarningColor { get; set; } = ConsoleColor.Yellow;

    public static ConsoleColor ErrorColor { get; set; } = ConsoleColor.Red;

    public static bool UseColors { get; set; } = true;

    protected override void Log(object message)
    {
        if (message is LogEvent logEvent)
            Write(Text(logEvent), UseColors ? Color(logEvent.LogLevel()) : null);
        else
            Write(message.ToString(), null);
    }

    static string Text(LogEvent logEvent)
    {
        try
        {
            return logEvent.ToString();
        }
        catch (FormatException e)
        {
            // The call that logged is wrong; what it meant to say must not be lost with it.
            var said = logEvent.Message is LogMessage message ? $"str=[{message.Format}], args=[{message.Unformatted()}]" : "";
            return $"[ERROR][{logEvent.Timestamp:MM/dd/yyyy HH:mm:ss.fffK}][{nameof(StandardOutLogger)}] Encountered System.FormatException while recording log: "
                + $"[{logEvent.LogLevel().StringFor()}][{logEvent.LogSource}]. {e.Message} {said} Please take a look at the logging call where this occurred and fix your format string.";
        }
    }

    static ConsoleColor Color(LogLevel level) => level switch
    {
        LogLevel.DebugLevel => DebugColor,
        LogLevel.InfoLevel => InfoColor,
        LogLevel.WarningLevel => WarningColor,
        _ => ErrorColor,
    };

    static void Write(string line, ConsoleColor? color)
    {
        lock (s_lock)
        {
            if (color is not { } foreground || Console.IsOutputRedirected)
            {
                Console.WriteLine(line);
                return;
            }
            var before = Console.ForegroundColor;
            Console.ForegroundColor = foreground;
            Console.WriteLine(line);
            Console.ForegroundColor = before;
        }
    }
}

public class DefaultLogger : ActorBase
{
    MinimalLogger _stdout;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                _stdout = Context.System.Settings.StdoutLogger;
                Sender.Tell(new LoggerInitialized(), Self);
                return true;
            case LogEvent logEvent:
                Print(logEvent);
                return true;
            default:
                return false;
        }
    }

    protected virtual void Print(LogEvent logEvent) => _stdout.Tell(logEvent, Self);
}
