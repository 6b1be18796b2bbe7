using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>The dispatchers of a system by their id, the path of their configuration.</summary>
sealed class DispatcherFactory(Settings settings)
{
    public const string DefaultId = "akka.actor.default-dispatcher";
    public const string InternalId = "akka.actor.internal-dispatcher";

    const int MaxAliasDepth = 20;

    readonly ConcurrentDictionary<string, Lazy<MessageDispatcher>> _dispatchers = new();

    public MessageDispatcher Lookup(string id)
    {
        if (string.IsNullOrEmpty(id))
            id = DefaultId;
        for (var depth = 0; depth < MaxAliasDepth; depth++)
        {
            if (_dispatchers.TryGetValue(id, out var known))
                return known.Value;
            var value = settings.Config.GetValue(id) ?? throw new ConfigurationException($"Dispatcher {id} not configured.");
            if (value.IsObject())
            {
                var path = id;
                return _dispatchers.GetOrAdd(path, _ => new Lazy<MessageDispatcher>(() => Create(path))).Value;
            }
            id = value.GetString() ?? throw new ConfigurationException($"Expected either a dispatcher config or an alias at [{id}] but found [{value}]");
        }
        throw new ConfigurationException($"Could not find a concrete dispatcher config after following {MaxAliasDepth} aliases. Last followed id was [{id}].");
    }

    public void Shutdown()
    {
        foreach (var dispatcher in _dispatchers.Values)
            if (dispatcher.IsValueCreated)
                dispatcher.Value.Shutdown();
    }

    MessageDispatcher Create(string id)
    {
        var defaults = settings.Config.GetConfig(DefaultId);
        var own = settings.Config.GetConfig(id);
        var config = own.WithFallback(defaults);
        var throughput = config.GetInt("throughput");
        var deadline = config.GetTimeSpan("throughput-deadline-time");
        var type = own.GetString("type") ?? defaults.GetString("type");
        var executor = config.GetString("executor");
        switch (type)
        {
            case CallingThreadDispatcher.ConfiguratorType:
                return new CallingThreadDispatcher(id);
            case "PinnedDispatcher":
                return new PinnedDispatcher(id, throughput, deadline);
            case "ForkJoinDispatcher":
            case "Dispatcher" when executor == "fork-join-executor":
                return new ThreadsDispatcher(id, throughput, deadline, ThreadCount(id, config), Background(id, config), endsWithItsActor: false);
            // The pool of a channel executor has priorities between dispatchers and is otherwise the thread pool.
            case "TaskDispatcher":
            case "Dispatcher" when executor is "default-executor" or "task-executor" or "thread-pool-executor" or "channel-executor":
                return new ThreadPoolDispatcher(id, throughput, deadline);
            case "Dispatcher":
                throw new ConfigurationException($"Could not resolve executor service configurator type {executor} for path {id}");
            default:
                throw new ConfigurationException($"Could not resolve dispatcher type {type ?? "null"} for path {id}");
        }
    }

    static int ThreadCount(string id, Config config)
    {
        const string dedicated = "dedicated-thread-pool.thread-count";
        var count = config.HasPath(dedicated)
            ? config.GetInt(dedicated)
            : Math.Clamp((int)Math.Ceiling(Environment.ProcessorCount * config.GetDouble("fork-join-executor.parallelism-factor", 1)),
                config.GetInt("fork-join-executor.parallelism-min", 1), config.GetInt("fork-join-executor.parallelism-max", 64));
        return count > 0 ? count : throw new ConfigurationException($"Dispatcher {id}: {dedicated} is {count}, expected at least 1.");
    }

    static bool Background(string id, Config config) => config.GetString("dedicated-thread-pool.threadtype", "background") switch
    {
        "background" => true,
        "foreground" => false,
        var other => throw new ConfigurationException($"Dispatcher {id}: dedicated-thread-pool.threadtype is '{other}', expected background or foreground."),
    };
}
