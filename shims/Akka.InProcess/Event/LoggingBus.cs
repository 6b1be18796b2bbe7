using Akka.Actor;

namespace Akka.Event;

/// <summary>The event stream as loggers see it.</summary>
public abstract class LoggingBus : ActorEventBus<object, Type>
{
    static int s_loggerNumber;

    readonly Lock _lock = new();
    readonly List<IActorRef> _loggers = [];
    readonly CancellationTokenSource _stopped = new();

    private protected LoggingBus()
    {
    }

    public LogLevel LogLevel { get; private set; }

    public void SetLogLevel(LogLevel logLevel)
    {
        lock (_lock)
        {
            LogLevel = logLevel;
            foreach (var logger in _loggers)
                SubscribeFrom(logLevel, logger);
        }
    }

    public void StartStdoutLogger(Settings config) => SubscribeFrom(Logging.LogLevelFor(config.StdoutLogLevel), config.StdoutLogger);

    /// <summary>Starts the loggers of the configuration and lets them take over from stdout.</summary>
    internal void StartDefaultLoggers(ActorSystemImpl system)
    {
        var settings = system.Settings;
        LogLevel = Logging.LogLevelFor(settings.LogLevel);
        var source = $"{Logging.SimpleName(this)}({system.Name})";
        var keepStdout = false;
        var starting = new List<(Task<object> Ready, string Name)>();
        foreach (var typeName in settings.Loggers)
        {
            var type = Util.TypeNames.Resolve(typeName, "akka.loggers");
            if (typeof(MinimalLogger).IsAssignableFrom(type))
                keepStdout = true;
            else
                starting.Add(Add(system, type, source));
        }
        var all = Task.WhenAll(starting.Select(logger => logger.Ready.ContinueWith(_ => { }, TaskScheduler.Default)));
        if (!all.Wait(settings.LoggerStartTimeout))
        {
            foreach (var (_, name) in starting.Where(logger => !logger.Ready.IsCompleted))
                Publish(new Warning(source, GetType(),
                    $"Logger {name} did not respond within {settings.LoggerStartTimeout} to InitializeLogger(bus). It is used as soon as it does."));
        }
        if (settings.DebugUnhandledMessage)
            Subscribe(system.SystemActorOf(Props.Create<UnhandledMessageForwarder>(), "UnhandledMessageForwarder"), typeof(UnhandledMessage));
        if (!keepStdout)
            Unsubscribe(settings.StdoutLogger);
        Publish(new Debug(source, GetType(), "Default Loggers started"));
    }

    /// <summary>Hands back to stdout and stops the loggers.</summary>
    internal void StopDefaultLoggers(ActorSystemImpl system)
    {
        StartStdoutLogger(system.Settings);
        _stopped.Cancel();
        lock (_lock)
        {
            foreach (var logger in _loggers)
            {
                Unsubscribe(logger);
                ((IInternalActorRef)logger).SendSystemMessage(new Terminate());
            }
            _loggers.Clear();
        }
    }

    (Task<object> Ready, string Name) Add(ActorSystemImpl system, Type type, string source)
    {
        var name = $"log{Interlocked.Increment(ref s_loggerNumber)}-{Logging.SimpleName(type)}";
        var fullName = $"{name} [{type.FullName}]";
        var logger = system.SystemActorOf(Props.Create(type).WithDispatcher(system.Settings.LoggersDispatcher), name);
        var asked = logger.Ask(new InitializeLogger(this), Timeout.InfiniteTimeSpan, _stopped.Token);
        var ready = asked.ContinueWith(answer =>
        {
            if (answer.IsCompletedSuccessfully && answer.Result is LoggerInitialized)
            {
                lock (_lock)
                {
                    _loggers.Add(logger);
                    SubscribeFrom(LogLevel, logger);
                }
                Publish(new Debug(source, GetType(), $"Logger {fullName} started"));
                return answer.Result;
            }
            var found = answer.IsCanceled ? "nothing before the system stopped" : answer.IsFaulted ? answer.Exception.InnerException.Message : answer.Result.GetType().ToString();
            Publish(new Error(null, source, GetType(), $"Logger {fullName} did not respond with {nameof(LoggerInitialized)}, sent instead {found}. Stopping logger."));
            ((IInternalActorRef)logger).SendSystemMessage(new Terminate());
            return null;
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return (ready, fullName);
    }

    void SubscribeFrom(LogLevel logLevel, IActorRef logger)
    {
        foreach (var level in Enum.GetValues<LogLevel>())
        {
            if (level >= logLevel)
                Subscribe(logger, level.ClassFor());
            else
                Unsubscribe(logger, level.ClassFor());
        }
    }

    sealed class UnhandledMessageForwarder : ActorBase
    {
        protected override bool Receive(object message)
        {
            if (message is not UnhandledMessage unhandled)
                return false;
            var sender = unhandled.Sender == null ? "NoSender" : unhandled.Sender.Path.ToString();
            Context.System.EventStream.Publish(new Debug(unhandled.Recipient.Path.ToString(), unhandled.Recipient.GetType(),
                $"Unhandled message from {sender} : {unhandled.Message}"));
            return true;
        }
    }
}
