using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Configuration;
using GokaAkka.Hosting.Logging;
using GokaAkka.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GokaAkka.Hosting;

/// <summary>What a host runs. A part starts with the host, or when it is first injected, should this come earlier. Safe for concurrent use.</summary>
sealed class GokaRuntime : IAsyncDisposable, IDisposable
{
    // Beneath what the application says: the host has the system's log.
    const string OwnSystem =
        """
        akka {
          loggers = []
          stdout-loglevel = OFF
        }
        """;

    readonly GokaBuilder _builder;
    readonly IServiceProvider _services;
    readonly Lazy<(ActorSystem System, Goka Goka)> _goka;
    readonly ConcurrentDictionary<Part, Lazy<RunningPart>> _running = new();
    volatile bool _started;
    volatile bool _stopping;

    public GokaRuntime(GokaBuilder builder, IServiceProvider services)
    {
        _builder = builder;
        _services = services;
        _goka = new Lazy<(ActorSystem, Goka)>(Create);
    }

    public Goka Goka => _goka.Value.Goka;

    /// <summary>What runs, once the host has started it all; null before.</summary>
    public IReadOnlyList<(Part Part, RunningPart Running)>? Started => _started ? Running : null;

    /// <summary>Waits for the system's end; whether it was made here and has ended by itself: the cluster has removed the node, or let it leave.</summary>
    public async Task<bool> SystemEndsByItself()
    {
        await _goka.Value.System.WhenTerminated.ConfigureAwait(false);
        return !_stopping && _builder.System is null;
    }

    /// <summary>What is wrong with how it has stopped, if anything is.</summary>
    public Exception? FaultOfEnd => _goka.IsValueCreated ? NodeExit.Check(_goka.Value.System, null, Goka.CutOff) : null;

    IReadOnlyList<(Part Part, RunningPart Running)> Running =>
        [.. _builder.Parts.Where(p => _running.TryGetValue(p, out var one) && one.IsValueCreated).Select(p => (p, _running[p].Value))];

    /// <exception cref="ConfigurationException">A setting makes no sense or does not exist.</exception>
    public IReadOnlyList<(Part Part, RunningPart Running)> StartAll()
    {
        _ = Goka;
        // Processors first: a view waits for the table that one of them is about to make.
        foreach (var part in _builder.Parts.OrderBy(static p => p.IsProcessor ? 0 : 1))
            Start(part);
        _started = true;
        return Running;
    }

    public T Get<T>(Part<T> part) where T : class => ((RunningPart<T>)Start(part)).Instance;

    /// <summary>The only one of a type.</summary>
    /// <exception cref="InvalidOperationException">There are several.</exception>
    public T Sole<T>() where T : class => _builder.Parts.OfType<Part<T>>().ToList() is [var only]
        ? Get(only)
        : throw new InvalidOperationException(
            $"There are several {typeof(T).Name.Split('`')[0]}<{typeof(T).GetGenericArguments()[0].Name}>: {string.Join(", ", _builder.Parts.OfType<Part<T>>())}. "
            + "Inject one of them by its name: [FromKeyedServices(\"NAME\")].");

    /// <summary>Stops processors, then views and emitters, then the actor system, if it was made here.</summary>
    /// <exception cref="OperationCanceledException">It took too long; an actor system that was made here is ended all the same.</exception>
    public async Task Stop(CancellationToken cancellation)
    {
        _stopping = true;
        if (!_goka.IsValueCreated)
            return;
        try
        {
            await Ended(Running.Where(static p => p.Running.IsProcessor), cancellation).ConfigureAwait(false);
            await Ended(Running.Where(static p => !p.Running.IsProcessor), cancellation).ConfigureAwait(false);
            if (_builder.System is null)
                await CoordinatedShutdown.Get(_goka.Value.System).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_builder.System is null)
        {
            _ = _goka.Value.System.Terminate();
            throw;
        }
    }

    /// <summary>For a container whose host has never been stopped.</summary>
    public async ValueTask DisposeAsync() => await Stop(CancellationToken.None).ConfigureAwait(false);

    /// <summary>The same for one that is disposed synchronously. Every stop in it has a time-out of its own.</summary>
    public void Dispose() => Task.Run(() => Stop(CancellationToken.None)).GetAwaiter().GetResult();

    // What ends with an error has ended, too.
    static async Task Ended(IEnumerable<(Part, RunningPart Running)> parts, CancellationToken cancellation)
    {
        await Task.WhenAll(parts.Select(static p => p.Running.Stop())).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
    }

    RunningPart Start(Part part) => _running.GetOrAdd(part, p => new Lazy<RunningPart>(() => p.Start(_services, Goka))).Value;

    (ActorSystem, Goka) Create()
    {
        var config = Configuration();
        var system = _builder.System?.Invoke(_services) ?? ActorSystem.Create(_builder.SystemName, NodeCluster.ConfigOf(config.WithFallback(ConfigurationFactory.ParseString(OwnSystem))));
        try
        {
            if (_builder.System is null && _services.GetService<ILoggerFactory>() is { } loggers)
                LogBridge.Start(system, loggers);
            return (system, Goka.Get(system, new GokaOptions
            {
                Kafka = _builder.Kafka?.Invoke(_services),
                Storage = _builder.Storage?.Invoke(_services),
                Meters = _services.GetService<IMeterFactory>(),
                Time = _services.GetService<TimeProvider>() ?? TimeProvider.System,
                Host = config,
            }));
        }
        catch when (_builder.System is null)
        {
            _ = system.Terminate();
            throw;
        }
    }

    Config Configuration()
    {
        var config = _builder.HoconSources.Aggregate(Config.Empty, static (below, source) => source().WithFallback(below));
        return _services.GetService<IConfiguration>() is { } configuration
            ? ConfigurationHocon.Of(configuration.GetSection(_builder.ConfigurationSection)).WithFallback(config)
            : config;
    }
}
