using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>What the configuration says to the actor system.</summary>
public class Settings
{
    readonly Config _userConfig;
    Config _fallbackConfig = ConfigurationFactory.Default();

    internal Settings(ActorSystem system, Config config)
    {
        System = system;
        _userConfig = config;
        Rebuild();

        var provider = Config.GetString("akka.actor.provider");
        HasCluster = provider is "cluster" or "Akka.Cluster.ClusterActorRefProvider, Akka.Cluster";
        if (!HasCluster && provider is not ("local" or "Akka.Actor.LocalActorRefProvider" or "Akka.Actor.LocalActorRefProvider, Akka"))
            throw new ConfigurationException(
                $"'akka.actor.provider' is '{provider}'. The in-process implementation knows 'local' and, between the systems of one process, 'cluster': it has no remoting. Several processes or machines need the Akka.NET packages.");
        ConfigVersion = Config.GetString("akka.version");
        Home = Config.GetString("akka.home", "");
        SupervisorStrategyClass = Config.GetString("akka.actor.guardian-supervisor-strategy");
        AskTimeout = Config.GetTimeSpan("akka.actor.ask-timeout");
        CreationTimeout = Config.GetTimeSpan("akka.actor.creation-timeout");

        LogLevel = Config.GetString("akka.loglevel");
        StdoutLogLevel = Config.GetString("akka.stdout-loglevel");
        StdoutLogger = new StandardOutLogger();
        Loggers = Config.GetStringList("akka.loggers");
        LoggersDispatcher = Config.GetString("akka.loggers-dispatcher");
        LoggerStartTimeout = Config.GetTimeSpan("akka.logger-startup-timeout");
        LogFormatter = FormatterOf(Config.GetString("akka.logger-formatter"));
        LogConfigOnStart = Config.GetBoolean("akka.log-config-on-start");
        LogDeadLetters = Config.GetString("akka.log-dead-letters") switch
        {
            "on" or "true" or "yes" => int.MaxValue,
            "off" or "false" or "no" => 0,
            _ => Config.GetInt("akka.log-dead-letters"),
        };
        LogDeadLettersDuringShutdown = Config.GetBoolean("akka.log-dead-letters-during-shutdown");
        LogDeadLettersSuspendDuration = Config.GetTimeSpan("akka.log-dead-letters-suspend-duration");

        DebugAutoReceive = Config.GetBoolean("akka.actor.debug.autoreceive");
        DebugLifecycle = Config.GetBoolean("akka.actor.debug.lifecycle");
        DebugUnhandledMessage = Config.GetBoolean("akka.actor.debug.unhandled");

        SchedulerClass = Config.GetString("akka.scheduler.implementation");
        CoordinatedShutdownTerminateActorSystem = Config.GetBoolean("akka.coordinated-shutdown.terminate-actor-system");
        CoordinatedShutdownRunByActorSystemTerminate = Config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate");
        if (CoordinatedShutdownRunByActorSystemTerminate && !CoordinatedShutdownTerminateActorSystem)
            throw new ConfigurationException("akka.coordinated-shutdown.run-by-actor-system-terminate=on and " +
                "akka.coordinated-shutdown.terminate-actor-system=off is not a supported configuration combination.");
    }

    public ActorSystem System { get; }

    public Config Config { get; private set; }

    /// <summary>Whether the system can be part of a cluster.</summary>
    public bool HasCluster { get; }

    public string ConfigVersion { get; }

    public string Home { get; }

    public string SupervisorStrategyClass { get; }

    public TimeSpan AskTimeout { get; }

    public TimeSpan CreationTimeout { get; }

    public string LogLevel { get; }

    public string StdoutLogLevel { get; }

    public MinimalLogger StdoutLogger { get; }

    public IList<string> Loggers { get; }

    public string LoggersDispatcher { get; }

    public TimeSpan LoggerStartTimeout { get; }

    public ILogMessageFormatter LogFormatter { get; }

    public bool LogConfigOnStart { get; }

    public int LogDeadLetters { get; }

    public bool LogDeadLettersDuringShutdown { get; }

    public TimeSpan LogDeadLettersSuspendDuration { get; }

    public bool DebugAutoReceive { get; }

    public bool DebugLifecycle { get; }

    public bool DebugUnhandledMessage { get; }

    public string SchedulerClass { get; }

    public bool CoordinatedShutdownTerminateActorSystem { get; }

    public bool CoordinatedShutdownRunByActorSystemTerminate { get; }

    /// <summary>Adds defaults, in front of those added before: an extension's reference.conf.</summary>
    public void InjectTopLevelFallback(Config config)
    {
        _fallbackConfig = config.SafeWithFallback(_fallbackConfig);
        Rebuild();
        // What extensions bring with them is known from then on.
        (System as ActorSystemImpl)?.ReloadSerialization();
    }

    public override string ToString() => Config.Root.ToString();

    void Rebuild() => Config = _userConfig.SafeWithFallback(_fallbackConfig);

    static ILogMessageFormatter FormatterOf(string typeName)
    {
        var type = string.IsNullOrWhiteSpace(typeName) ? typeof(DefaultLogMessageFormatter) : TypeNames.Resolve(typeName, "akka.logger-formatter");
        return type == typeof(DefaultLogMessageFormatter) ? DefaultLogMessageFormatter.Instance : (ILogMessageFormatter)Activator.CreateInstance(type);
    }
}
