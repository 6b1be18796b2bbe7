using System.Diagnostics.Metrics;
using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using GokaAkka.Actors;
using GokaAkka.Actors.Configuration;
using GokaAkka.Actors.Dispatchers;
using GokaAkka.Cluster;
using GokaAkka.Codecs;
using GokaAkka.Commands;
using GokaAkka.Commands.Palettes;
using GokaAkka.Inspection;
using GokaAkka.Inspection.Actions;
using GokaAkka.Nodes;
using GokaAkka.Queries;
using GokaAkka.Runtime;
using GokaAkka.Telemetry;

namespace GokaAkka;

/// <summary>
/// GokaAkka in an actor system: starts processors, views and emitters, and stops them before the system leaves its cluster. Safe for
/// concurrent use.
/// </summary>
public sealed class Goka : IExtension
{
    // What leaving a group may take beside the drain: asking the coordinator whether it is there, and a commit.
    static readonly TimeSpan Leaving = TimeSpan.FromSeconds(5);

    readonly ExtendedActorSystem _system;
    readonly GokaOptions _options;
    readonly NodeRuntime _runtime;
    readonly ConcurrentDictionary<string, Processor> _processors = new();

    readonly ConcurrentDictionary<object, Func<PartHealth>> _emitterHealth = new();

    // What emitters had to give up, for the node's end.
    readonly ConcurrentQueue<string> _lost = new();

    // Views and emitters that have not ended.
    readonly ConcurrentDictionary<IAsyncDisposable, bool> _others = new();
    readonly Lazy<IKafkaClient> _kafka;
    readonly Lazy<IStorageProvider> _storage;
    readonly ViewOwners _viewOwners = new();
    readonly RunningViews _views = new();
    readonly LocalClaims _claims;
    readonly MetricSources _figures;
    readonly NodeMetrics _metrics;
    int _names;
    volatile bool _isStopping;
    volatile bool _hasStopped;
    volatile bool _areOthersCutOff;

    internal Goka(ExtendedActorSystem system, GokaOptions options)
    {
        _system = system;
        _options = options;
        _runtime = new NodeRuntime(options.Time);
        system.Settings.InjectTopLevelFallback(GokaSettings.DefaultConfig());
        GokaDispatchers.Register(system);
        var variables = options.Environment is { } environment ? SettingsVariables.Of(environment) : SettingsVariables.OfProcess();
        Settings = GokaSettings.Create(SettingsLayers.Of(options.Host.SafeWithFallback(system.Settings.Config), variables, options.Settings));
        foreach (var doubt in variables.Doubtful)
            system.Log.Warning(doubt);
        foreach (var weakened in Settings.Kafka.Unsafe)
            system.Log.Warning("A guarantee is weakened: {0}", weakened);
        Actions = new NamedActions(options.Time, system.Log);
        _kafka = new Lazy<IKafkaClient>(() => options.Kafka ?? KafkaClients.Create(Settings, system));
        _storage = new Lazy<IStorageProvider>(() => options.Storage ?? StorageProviders.Create(Settings));
        _claims = new LocalClaims(LocalTables);
        var node = new NodeIdentity(system).Address;
        var reader = new LocalReader(node, LocalTables, options.Time);
        Cluster = system.Settings.HasCluster ? new ClusterNode(system, reader, LocalTables, _claims, Settings) : null;
        Tables = new TableQueries(Cluster?.Router ?? new LocalRouter(reader, LocalTables), Settings.Query.Timeout, options.Time);
        Health = new NodeHealth(Settings.Processor, () => _processors.Values, _views, () => _emitterHealth.Values.Select(static h => h()), () => _isStopping);
        _figures = new MetricSources(() => _processors.Values, _views);
        _metrics = new NodeMetrics(options.Meters, node, _figures);
        system.RegisterOnTermination(_metrics.Dispose);
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "goka-stop", StopAll);
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, "goka-stopped", NoteCutOff);
        CheckShutdown(shutdown);
        Inspector = new Inspector(this, system, options.Time);
        Commands = new CommandPalettes(BuiltInPalettes.Create(system));
    }

    /// <summary>The settings in force.</summary>
    public GokaSettings Settings { get; }

    /// <summary>Functions of the application that may be started and stopped from outside, by name.</summary>
    public NamedActions Actions { get; }

    /// <summary>The processors that run in this system.</summary>
    public IReadOnlyCollection<Processor> Processors => [.. _processors.Values.Where(p => !p.Done.IsCompleted)];

    /// <summary>Reads tables by name, in the bytes of their codecs.</summary>
    public TableQueries Tables { get; }

    /// <summary>The node's part in the cluster; null without one.</summary>
    internal ClusterNode? Cluster { get; }

    /// <summary>Those, and those that have ended, the last one of each group.</summary>
    internal IReadOnlyCollection<Processor> AllProcessors => [.. _processors.Values];

    /// <summary>The views that run in this system, those that processors look up among them.</summary>
    internal IReadOnlyList<RunningView> RunningViews => _views.All;

    /// <summary>Tells what this node and the cluster's others are at, and has them do something about it.</summary>
    public Inspector Inspector { get; }

    /// <summary>Whether this node is alive, and ready: for those who start it again and send it requests.</summary>
    public NodeHealth Health { get; }

    /// <summary>The commands that can be given to this node.</summary>
    public CommandPalettes Commands { get; }

    /// <summary>Where this node serves the web monitor and takes commands by itself (<c>goka.web.enabled</c>), with the actual port; null where it does not.</summary>
    public Uri? WebAddress { get; internal set; }

    /// <summary>The tables on this node that can be read.</summary>
    internal LocalTableBoard LocalTables { get; } = new();

    /// <summary>The cluster this system talks to, for messages to people: it is not connected to for that.</summary>
    internal string KafkaDescription => _kafka.IsValueCreated ? _kafka.Value.Description : _options.Kafka?.Description ?? Settings.Kafka.BootstrapServers;

    /// <summary>The cluster this system talks to.</summary>
    public IKafkaClient Kafka => _kafka.Value;

    /// <summary>A topic manager of that cluster; dispose it. goka's <c>NewTopicManager</c>.</summary>
    public ITopicManager CreateTopicManager() => _kafka.Value.CreateTopicManager();

    /// <summary>GokaAkka in this system, set up by its configuration and environment variables alone.</summary>
    /// <exception cref="ConfigurationException">A setting makes no sense or does not exist; the message names it.</exception>
    public static Goka Get(ActorSystem system) => system.WithExtension<Goka, GokaProvider>();

    /// <summary>GokaAkka in this system, with parts given in code. Called before any other use of it in the system.</summary>
    /// <exception cref="InvalidOperationException">It has been set up already, with other options.</exception>
    /// <exception cref="ConfigurationException">A setting makes no sense or does not exist; the message names it.</exception>
    public static Goka Get(ActorSystem system, GokaOptions options)
    {
        var goka = (Goka)system.RegisterExtension(new GokaProvider(options));
        return goka._options == options
            ? goka
            : throw new InvalidOperationException($"GokaAkka was set up in system '{system.Name}' before, with other options; pass options at its first use.");
    }

    /// <summary>
    /// Starts a processor of a group. It checks its topics, joins the group and processes until it is stopped; partitions that fail are
    /// started again. goka's <c>NewProcessor</c> and <c>Run</c>.
    /// </summary>
    /// <param name="graph">What it does.</param>
    /// <param name="options">What can only be said in code.</param>
    /// <exception cref="InvalidOperationException">The group has a processor in this system already.</exception>
    /// <exception cref="ConfigurationException">The store or the table reader that the configuration names cannot be made.</exception>
    public Processor<TState> Process<TState>(GroupGraph<TState> graph, ProcessorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        // A store that cannot be made is an error of this call, not of a partition later.
        if (graph.AllEdges.Any(static e => e.Kind is EdgeKind.Persist or EdgeKind.Join or EdgeKind.Lookup))
            _ = _storage.Value;
        var partitioner = options?.Partitioner ?? Settings.Processor.Partitioner;
        var errors = new ErrorPlan(graph, options?.Errors, Settings.Processor.Errors);
        var unreadable = Unreadable(errors.For(null, ProcessingStage.Table), $"Group {graph.Group}");
        var (tables, standbys) = (new LocalTables<TState>(partitioner), new LocalTables<TState>(partitioner));
        var context = new ProcessorContext<TState>
        {
            Graph = graph,
            Options = options ?? ProcessorOptions.Default,
            Settings = Settings,
            Kafka = _kafka.Value,
            Partitioner = partitioner,
            Storage = _storage,
            Runtime = _runtime,
            Views = _views,
            Status = new ProcessorStatus(_runtime),
            Timings = new BatchTimings(_metrics.Histograms, graph.Group, graph.Inputs.Select(static e => e.Topic), _options.Time),
            Errors = errors,
            Unreadable = unreadable,
            Tables = tables,
            Claims = _claims.Make(graph.Group, graph.GroupTable ?? "", tables, standbys),
            Queries = graph.Persist is null ? null : new TableQueries<TState>(Tables, graph.Table, unreadable, graph.Group),
            IsInCluster = Cluster is not null,
            Standbys = standbys,
            // Only groups with a table tell each other where they run.
            KeepsStandby = Cluster is { } cluster && graph.GroupTable is not null
                ? partition => cluster.KeepsStandby(graph.Group, partition, Settings.Processor.Standby)
                : static _ => true,
        };
        lock (_processors)
        {
            if (_processors.TryGetValue(graph.Group, out var running) && !running.Done.IsCompleted)
            {
                var other = running.Graph.Describe() == graph.Describe() ? "" : $", of another graph ({string.Join(", ", running.Graph.AllEdges)})";
                throw new InvalidOperationException(
                    $"Group '{graph.Group}' has a processor in system '{_system.Name}' already, which is {running.State}{other}; stop it first, or run "
                    + "the second one in another actor system.");
            }

            if (context.IsTransactional && Settings.Processor.Transaction.Id is { Length: > 0 } id
                && _processors.Values.FirstOrDefault(static p => p.Delivery == Delivery.ExactlyOnce && !p.Done.IsCompleted) is { } rival)
            {
                throw new InvalidOperationException(
                    $"Processor '{rival.Graph.Group}' of system '{_system.Name}' uses the transactional id '{id}' (goka.processor.transaction.id), and "
                    + $"'{graph.Group}' would: each would fence the other without end. Leave the setting empty, or run them in systems of their own.");
            }

            var processor = new Processor<TState>(_system.SystemActorOf(ProcessorActor<TState>.Props(context), Name("processor", graph.Group)), context);
            _processors[graph.Group] = processor;
            if (graph.GroupTable is { } table)
            {
                var owned = new LocalTable(table, ReadSource.Owner, $"group {graph.Group}", tables, () => processor.State)
                {
                    IsSuperseded = context.Claims.IsSuperseded,
                };
                LocalTables.Add(owned, processor.Done);
                LocalTables.Add(new LocalTable(table, ReadSource.Standby, $"standby of group {graph.Group}", standbys, () => processor.State), processor.Done);
                _claims.Add(context.Claims, processor.Done);
            }

            return processor;
        }
    }

    /// <summary>
    /// Starts a view: a copy of a whole table on this node. goka's <c>NewView</c> and <c>Run</c>. The table's topic has to exist, or to be about to be
    /// made by a processor that was started here before.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="update">What to do with the table's records, in place of setting and removing keys.</param>
    /// <param name="partitioner">Where the table's writers put its keys, in place of <c>goka.processor.partitioner</c>.</param>
    public View<T> View<T>(Table<T> table, TableUpdate? update = null, IPartitioner? partitioner = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        var owner = _viewOwners.Take(table.Name);
        var context = new ViewContext<T>
        {
            Table = table,
            Owner = owner,
            StoresClosed = () => _viewOwners.Give(table.Name, owner),
            Update = update,
            Settings = Settings,
            Kafka = _kafka.Value,
            Storage = _storage,
            Runtime = _runtime,
            Status = new ViewStatus(NewTroubles(table.Name), _runtime),
            Tables = new LocalTables<T>(partitioner ?? Settings.Processor.Partitioner),
            Unreadable = Unreadable(Settings.Processor.Errors.OnError.Table, $"View of {table.Name}"),
        };
        LocalTables.Add(new LocalTable(table.Name, ReadSource.View, $"view of {table.Name}", context.Tables, () => context.Status.State), context.Status.Done);
        _views.Add(new RunningView(table.Name, null, context.Status));
        _claims.Changed();
        return Known(new View<T>(_system.SystemActorOf(ViewActor<T>.Props(context), Name("view", table.Name)), context), context.Status.Done);
    }

    UnreadableValues Unreadable(ErrorPolicy? policy, string reader) =>
        new(policy == ErrorPolicy.Skip, _options.Time, text => Log.Warning("{0}: {1}", reader, text));

    TroubleBoard NewTroubles(string table) => new(_options.Time)
    {
        Began = trouble => Log.Warning("View of {0}: trouble with {1}, tried again until it ends: {2}", table, trouble.What, trouble.Reason),
        Lasts = (trouble, lasted) => Log.Warning("View of {0}: the trouble with {1} lasts for {2} s: {3}", table, trouble.What, (long)lasted.TotalSeconds, trouble.Reason),
        Ended = (trouble, lasted) => Log.Info("View of {0}: the trouble with {1} is over after {2} ms", table, trouble.What, (long)lasted.TotalMilliseconds),
    };

    /// <summary>Starts a view of a table topic.</summary>
    public View<T> View<T>(string table, ICodec<T> codec, TableUpdate? update = null, IPartitioner? partitioner = null) =>
        View(new Table<T>(table, codec), update, partitioner);

    /// <summary>
    /// Reads a group's table from any node, also one that runs no processor of the group: the nodes of the cluster that have its partitions answer.
    /// </summary>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    public TableQueries<TState> Table<TState>(GroupGraph<TState> graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new TableQueries<TState>(Tables, graph.Table, Unreadable(Settings.Processor.Errors.OnError.Table, $"Table {graph.Table.Name}"), graph.Group);
    }

    /// <summary>Reads a table from any node: a group's, or one that some node has a view of.</summary>
    public TableQueries<T> Table<T>(Table<T> table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return new TableQueries<T>(Tables, table, Unreadable(Settings.Processor.Errors.OnError.Table, $"Table {table.Name}"));
    }

    /// <summary>Makes an emitter for a stream. goka's <c>NewEmitter</c>.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="codec">How its values are written.</param>
    /// <param name="defaultHeaders">Headers of every message, under those it is given itself.</param>
    /// <param name="partitioner">Places the keys, in place of <c>goka.processor.partitioner</c>.</param>
    public Emitter<T> Emitter<T>(string topic, ICodec<T> codec, Headers? defaultHeaders = null, IPartitioner? partitioner = null)
    {
        var options = new ProducerOptions($"{Settings.Kafka.ClientId}-emitter-{topic}");
        var emitter = new Emitter<T>(
            topic, codec, found => _kafka.Value.CreateProducer(options with { BatchLimits = TopicDescription.BatchLimits([found]) }), () => Describe(topic), defaultHeaders ?? Headers.Empty, Settings, _options.Time,
            _figures.Emitter(topic), partitioner)
        {
            Warn = warning => _system.Log.Warning(warning),
        };
        _emitterHealth[emitter] = () => emitter.Health;
        emitter.Closed.ContinueWith(
            _ =>
            {
                _emitterHealth.TryRemove(emitter, out var _);
                if (emitter.Lost > 0)
                    _lost.Enqueue($"{emitter.Lost} messages to {topic}");
            },
            TaskContinuationOptions.ExecuteSynchronously);
        return Known(emitter, emitter.Closed);
    }

    async Task<TopicDescription> Describe(string topic)
    {
        using var topics = CreateTopicManager();
        var found = await topics.Describe([topic]).ConfigureAwait(false);
        return found.TryGetValue(topic, out var description)
            ? description
            : throw new KafkaFaultException($"Topic '{topic}' on {_kafka.Value.Description}", new KafkaFault("UnknownTopicOrPart", "it does not exist", FaultKind.Permanent));
    }

    /// <summary>Makes an emitter for a stream.</summary>
    public Emitter<T> Emitter<T>(Stream<T> stream, Headers? defaultHeaders = null, IPartitioner? partitioner = null) =>
        Emitter(stream.Name, stream.Codec, defaultHeaders, partitioner);

    /// <summary>For when all has stopped: what had not ended when its time was over; empty where everything had.</summary>
    internal string CutOff => string.Join(", ", _processors.Values.Where(static p => p.Status.IsCutOff).Select(static p => $"processor {p.Graph.Group}").Concat(_lost)) is { Length: > 0 } cut
        ? cut
        : _areOthersCutOff ? "views, emitters or actions" : "";

    /// <summary>The actor system's log.</summary>
    internal ILoggingAdapter Log => _system.Log;

    /// <summary>Starts what the configuration asks for beside processors and views.</summary>
    internal void StartServices()
    {
        foreach (var service in NodeServices.Start(this))
            _others[service] = true;
    }

    void CheckShutdown(CoordinatedShutdown shutdown)
    {
        const string phase = CoordinatedShutdown.PhaseBeforeClusterShutdown;
        var (found, needed) = (shutdown.Timeout(phase), Settings.Processor.DrainTimeout + Leaving);
        if (found < needed)
        {
            _system.Log.Warning(
                "akka.coordinated-shutdown.phases.{0}.timeout is {1} s: expected at least {2} s, goka.processor.drain-timeout and the time to commit and leave the "
                + "group, so that the system's end does not cut processors off. Set it in the system's HOCON, or shorten goka.processor.drain-timeout.",
                phase, found.TotalSeconds, needed.TotalSeconds);
        }
    }

    async Task<Done> StopAll()
    {
        _isStopping = true;
        var actions = Actions.StopAll().WaitAsync(Leaving, _options.Time);
        var ends = _processors.Values.Select(static p => p.Stop()).Concat(_others.Keys.Select(static o => o.DisposeAsync().AsTask())).Append(actions);
        await Task.WhenAll(ends).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _hasStopped = true;
        return Done.Instance;
    }

    // In the next phase, which begins when all has stopped or the time of the phase is over.
    Task<Done> NoteCutOff()
    {
        var processors = _processors.Values.Where(static p => !p.Done.IsCompleted).ToList();
        processors.ForEach(static p => p.Status.IsCutOff = true);
        _areOthersCutOff = !_hasStopped && processors.Count == 0;
        return Task.FromResult(Done.Instance);
    }

    T Known<T>(T other, Task ended) where T : IAsyncDisposable
    {
        _others[other] = true;
        ended.ContinueWith(_ => _others.TryRemove(other, out bool _), TaskScheduler.Default);
        return other;
    }

    string Name(string kind, string of) => $"goka-{kind}-{of}-{Interlocked.Increment(ref _names)}";
}

/// <summary>Parts of GokaAkka given in code; what is left out comes from the configuration.</summary>
public sealed record GokaOptions
{
    /// <summary>The cluster, in place of <c>goka.kafka</c>.</summary>
    public IKafkaClient? Kafka { get; init; }

    /// <summary>The local stores, in place of <c>goka.storage</c>.</summary>
    public IStorageProvider? Storage { get; init; }

    /// <summary>
    /// Settings by their full names (<c>goka.kafka.bootstrap-servers</c>). They go over environment variables, and these over the actor system's
    /// configuration.
    /// </summary>
    public Config? Settings { get; init; }

    /// <summary>What the application's host configures; it goes over the actor system's configuration.</summary>
    internal Config? Host { get; init; }

    /// <summary>The environment's variables, in place of the process's.</summary>
    internal IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Makes the node's meter (<see cref="GokaTelemetry.MeterName"/>), in place of one of its own: a host's, or a test's that is to hear of this node alone.</summary>
    public IMeterFactory? Meters { get; init; }

    /// <summary>The time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>Makes the extension.</summary>
public sealed class GokaProvider : ExtensionIdProvider<Goka>
{
    readonly GokaOptions _options;

    /// <summary>For a system set up by its configuration alone.</summary>
    public GokaProvider() : this(new GokaOptions())
    {
    }

    /// <summary>For a system with parts given in code.</summary>
    public GokaProvider(GokaOptions options) => _options = options;

    /// <inheritdoc/>
    public override Goka CreateExtension(ExtendedActorSystem system)
    {
        var goka = new Goka(system, _options);
        goka.StartServices();
        return goka;
    }
}
