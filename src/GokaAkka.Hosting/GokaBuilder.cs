using Akka.Actor;
using Akka.Configuration;
using GokaAkka.Actors;
using GokaAkka.Actors.Configuration;
using GokaAkka.Codecs;
using GokaAkka.Graph;
using GokaAkka.Kafka;
using GokaAkka.Records;
using GokaAkka.Storage;
using GokaAkka.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GokaAkka.Hosting;

/// <summary>Says what a host runs and on what. For the time in which services are registered; not for concurrent use.</summary>
public sealed class GokaBuilder
{
    readonly List<Part> _parts = [];
    readonly List<Func<Config>> _hocon = [];

    internal GokaBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>The name of the actor system, where it is not given.</summary>
    public string SystemName { get; set; } = "goka";

    /// <summary>What happens when a processor or view stops because of an error.</summary>
    public ProcessorFailureBehavior OnFailure { get; set; } = ProcessorFailureBehavior.StopHost;

    /// <summary>
    /// The section of the host's <see cref="IConfiguration"/> that has settings by the names they have under <c>goka</c> in HOCON, in capitals
    /// or not; <c>Goka</c> unless set. It goes over HOCON and under the variables that reference.conf tells of.
    /// </summary>
    public string ConfigurationSection { get; set; } = "Goka";

    internal IReadOnlyList<Part> Parts => _parts;

    internal IReadOnlyList<Func<Config>> HoconSources => _hocon;

    internal Func<IServiceProvider, ActorSystem>? System { get; private set; }

    internal Func<IServiceProvider, IKafkaClient>? Kafka { get; private set; }

    internal Func<IServiceProvider, IStorageProvider>? Storage { get; private set; }

    /// <summary>
    /// Uses an actor system that the application has made and ends itself. HOCON and configuration given here then set what is under
    /// <c>goka</c> alone, and the system logs as it was made to. Made with <see cref="StopSignals.Settings"/>, it leaves SIGTERM and SIGINT to the host; else
    /// Akka.NET's own handler stops it beside the host.
    /// </summary>
    public GokaBuilder UseSystem(Func<IServiceProvider, ActorSystem> system)
    {
        System = system;
        return this;
    }

    /// <summary>Uses a Kafka client in place of <c>goka.kafka</c>.</summary>
    public GokaBuilder UseKafka(Func<IServiceProvider, IKafkaClient> kafka)
    {
        Kafka = kafka;
        return this;
    }

    /// <summary>Uses stores in place of <c>goka.storage</c>.</summary>
    public GokaBuilder UseStorage(Func<IServiceProvider, IStorageProvider> storage)
    {
        Storage = storage;
        return this;
    }

    /// <summary>Adds HOCON; what is added later goes over what was added before.</summary>
    public GokaBuilder AddHocon(string hocon)
    {
        _hocon.Add(() => HoconFile.Parse(hocon, "The HOCON given to AddHocon"));
        return this;
    }

    /// <summary>Adds a HOCON file, read when the host starts.</summary>
    public GokaBuilder AddHoconFile(string path)
    {
        _hocon.Add(() => HoconFile.Read(path));
        return this;
    }

    /// <summary>Runs a processor. Injected as <see cref="Processor{TState}"/>, with the group's name as its key where there are several.</summary>
    /// <exception cref="ArgumentException">The group has a processor here already.</exception>
    public GokaBuilder AddProcessor<TState>(GroupGraph<TState> graph, ProcessorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return AddProcessor(graph.Group, _ => graph, options);
    }

    /// <summary>Runs a processor whose callbacks use services. They run for the whole life of the host: take no scoped services.</summary>
    /// <param name="group">The graph's group.</param>
    /// <param name="graph">Makes the graph, once.</param>
    /// <param name="options">What can only be said in code.</param>
    /// <exception cref="ArgumentException">The group has a processor here already.</exception>
    public GokaBuilder AddProcessor<TState>(string group, Func<IServiceProvider, GroupGraph<TState>> graph, ProcessorOptions? options = null)
    {
        var part = new ProcessorPart<TState>(group, graph, options);
        Services.AddSingleton<Processor>(provider => provider.GetRequiredService<GokaRuntime>().Get(part));
        return Add(part);
    }

    /// <summary>Runs a view. Injected as <see cref="View{T}"/>, with the table's name as its key where there are several.</summary>
    /// <exception cref="ArgumentException">The table has a view here already.</exception>
    public GokaBuilder AddView<T>(Table<T> table, TableUpdate? update = null, IPartitioner? partitioner = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Add(new ViewPart<T>(table, update, partitioner));
    }

    /// <summary>Makes an emitter. Injected as <see cref="Emitter{T}"/>, with the topic as its key where there are several.</summary>
    /// <exception cref="ArgumentException">The topic has an emitter here already.</exception>
    public GokaBuilder AddEmitter<T>(string topic, ICodec<T> codec, Headers? defaultHeaders = null, IPartitioner? partitioner = null) =>
        Add(new EmitterPart<T>(topic, codec, defaultHeaders, partitioner));

    /// <summary>Makes an emitter for a stream.</summary>
    /// <exception cref="ArgumentException">The topic has an emitter here already.</exception>
    public GokaBuilder AddEmitter<T>(Stream<T> stream, Headers? defaultHeaders = null, IPartitioner? partitioner = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return AddEmitter(stream.Name, stream.Codec, defaultHeaders, partitioner);
    }

    GokaBuilder Add<T>(Part<T> part) where T : class
    {
        if (_parts.Any(p => p.ToString() == part.ToString()))
            throw new ArgumentException($"There is a {part} here already.");
        _parts.Add(part);
        Services.AddKeyedSingleton(part.Key, (provider, _) => provider.GetRequiredService<GokaRuntime>().Get(part));
        Services.TryAddSingleton(static provider => provider.GetRequiredService<GokaRuntime>().Sole<T>());
        return this;
    }
}
