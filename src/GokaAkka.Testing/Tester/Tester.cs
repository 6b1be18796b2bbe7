using System.Buffers;
using GokaAkka.Telemetry;

namespace GokaAkka.Testing;

/// <summary>
/// Runs processors, views and emitters without Kafka: on one thread, on a virtual clock, and the same way each time. A call such as
/// <see cref="Consume{T}(string, Key, T, Headers, DateTimeOffset?, int?)"/> returns when everything that came of it has settled: chains of
/// processors, loops, joined and looked-up tables, views. Graphs are the ordinary ones, and so is what runs them: the actors of processors,
/// partitions, tables and views that production runs. Works with any test framework; used by one thread at a time.
/// </summary>
/// <remarks>
/// goka's <c>tester</c>, and beyond it: any number of partitions and several nodes of a group, with rebalances, crashes and restarts; every
/// processor, join, lookup and view has a store of its own, so that a value is seen where its changelog record has come and not before, where
/// goka shares one; <see cref="SetTableValue{T}(Table{T}, Key, T, Headers)"/> writes a changelog record, where goka writes the shared store
/// alone; committed offsets can be seen; producers, stores and codecs can be made to fail; a record without a time has that of the virtual
/// clock, not none; callbacks that defer their commit do not hold up <c>Consume</c>; nothing has to be started beforehand, and what cannot
/// work is an error and not a wait for ever.
/// </remarks>
public sealed partial class Tester
{
    readonly TesterOptions _options;
    readonly TesterEngine _engine;
    readonly TopicCatalog _catalog = new();
    int _views;

    /// <summary>A tester without topics.</summary>
    public Tester(TesterOptions? options = null)
    {
        _options = options ?? new TesterOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Partitions, nameof(TesterOptions.Partitions));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.BatchRecords, nameof(TesterOptions.BatchRecords));
        _engine = new TesterEngine(_options);
        Faults = new TesterFaults(_engine);
    }

    /// <summary>The virtual clock: of records, of restarts' pauses, and of callbacks that are given it. See <see cref="Advance"/>.</summary>
    public ManualTime Time => _engine.Time;

    /// <summary>Makes things fail.</summary>
    public TesterFaults Faults { get; }

    /// <summary>The nodes of all groups, in the order in which they came.</summary>
    public IReadOnlyList<TesterNode> Nodes => _engine.Nodes;

    /// <summary>Makes a topic, where it should have another number of partitions than the tester's others. Others are made when they are named.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">Its partition count.</param>
    /// <param name="compacted">Whether it is a table's.</param>
    /// <exception cref="TesterException">It exists, or Kafka would refuse it.</exception>
    public void CreateTopic(string topic, int partitions, bool compacted = false)
    {
        _engine.CheckIdle();
        var settings = new Dictionary<string, string> { ["cleanup.policy"] = compacted ? "compact" : "delete" };
        if (_engine.Broker.Cluster.CreateTopic(new TopicSpec(topic, partitions, Settings: settings), out var reason) != ClusterError.None)
            throw new TesterException($"Topic '{topic}' cannot be made: {reason}.");
    }

    /// <summary>
    /// Runs a processor: makes the topics that are missing, joins its group, restores, and processes what its inputs hold already. Given the
    /// same graph again, another node of the same group shares the partitions.
    /// </summary>
    /// <typeparam name="TState">The type of the group table's values.</typeparam>
    /// <param name="graph">The group's graph, as it runs in production.</param>
    /// <param name="options">The processor's options, as in production.</param>
    /// <param name="node">The node's name and stores.</param>
    /// <exception cref="TesterException">The graph does not fit the topics, or something has failed.</exception>
    public TesterNode<TState> Process<TState>(GroupGraph<TState> graph, ProcessorOptions? options = null, TesterNodeOptions? node = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _engine.CheckIdle();
        options ??= ProcessorOptions.Default;
        _catalog.Add(graph);
        foreach (var edge in graph.AllEdges.Where(e => e.Kind is not (EdgeKind.Visitor or EdgeKind.Persist or EdgeKind.Loop)))
            Require(edge.Topic, edge.Kind is EdgeKind.Join or EdgeKind.Lookup);
        var errors = new ErrorPlan(graph, options.Errors, _engine.Settings.Processor.Errors);
        foreach (var topic in errors.DeadLetterTopics)
            _catalog.AddRaw(topic);
        var group = Group(graph, errors);
        var name = node?.Name ?? $"node-{_engine.Nodes.Count(n => n.Group == graph.Group) + 1}";
        var made = new TesterNode<TState>(_engine, group, name, graph, options, new NodeStorage(node?.Storage, _engine.Stores));
        _engine.Add(made);
        _engine.Settle();
        return made;
    }

    /// <summary>Makes a view of a table, complete and kept up to date.</summary>
    /// <typeparam name="T">The type of the table's values.</typeparam>
    /// <param name="table">The table; of a group, or a topic that is made if it is missing.</param>
    /// <param name="update">What to do with records in place of setting and removing keys.</param>
    public TesterView<T> View<T>(Table<T> table, TableUpdate? update = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        _engine.CheckIdle();
        _catalog.Add(table.Name, table.Codec, $"view of '{table.Name}'");
        Require(table.Name, isTable: true);
        var view = new TesterView<T>(_engine, table, update, $"view-{++_views}");
        _engine.Settle();
        return view;
    }

    /// <summary>
    /// Makes an emitter, the same as production's. Everything that comes of a message has settled when <c>Emit</c> returns; called by a callback,
    /// when the callback's <c>Consume</c> does.
    /// </summary>
    /// <typeparam name="T">The messages' type.</typeparam>
    /// <param name="stream">The stream; its topic is made if it is missing.</param>
    /// <param name="defaultHeaders">Headers of every message.</param>
    public Emitter<T> Emitter<T>(Stream<T> stream, Headers? defaultHeaders = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _engine.CheckIdle();
        _catalog.Add(stream.Name, stream.Codec, $"emitter to '{stream.Name}'");
        Require(stream.Name, isTable: false);
        var producer = new TesterProducer(_engine);
        _engine.Add(producer);
        return new Emitter<T>(
            stream.Name, stream.Codec, _ => producer, () => Task.FromResult(new TopicDescription(stream.Name, producer.PartitionCount(stream.Name))), defaultHeaders ?? Headers.Empty, _engine.Settings, Time,
            new EmitterFigures(stream.Name));
    }

    /// <summary>The offset a group has committed for a partition, or null for none.</summary>
    public long? CommittedOffset(string group, string topic, int partition = 0) =>
        _engine.Broker.Cluster.Group(group).Offsets.All.TryGetValue(new TopicPartition(topic, partition), out var offset) ? offset.Offset : null;

    TesterGroup Group<TState>(GroupGraph<TState> graph, ErrorPlan errors)
    {
        var found = _engine.Groups.FirstOrDefault(g => g.Name == graph.Group);
        var partitions = PrepareTopics(graph, errors);
        if (found is null)
        {
            _engine.Add(found = new TesterGroup(graph.Group, _engine.Broker.Cluster, partitions));
            return found;
        }

        var other = _engine.Nodes.First(n => n.Group == graph.Group);
        if (!other.Inputs.ToHashSet().SetEquals(graph.Inputs.Select(e => e.Topic)))
        {
            throw new TesterException(
                $"The nodes of group '{graph.Group}' read different topics: {string.Join(", ", other.Inputs)} and "
                + $"{string.Join(", ", graph.Inputs.Select(e => e.Topic))}. Give every node of a group the same graph.");
        }

        return found;
    }

    /// <summary>Holds the group's topics against what it needs, as its start does in production.</summary>
    int PrepareTopics(GroupGraph graph, ErrorPlan errors)
    {
        var cluster = _engine.Broker.Cluster;
        var requirements = TopicRequirements.Of(graph, errors);
        var found = requirements.All.Select(cluster.Topic).OfType<ClusterTopic>().ToDictionary(t => t.Name, t => t.Describe());
        var verdict = requirements.Check(found, replicas: 1, mayCreate: true);
        var problems = verdict.Problems.Concat(verdict.Mismatches).ToList();
        if (problems.Count > 0)
            throw new TesterException($"Group '{graph.Group}' cannot start: {string.Join(" ", problems)}");
        foreach (var missing in verdict.Missing)
            cluster.CreateTopic(missing, out _);
        return verdict.Partitions;
    }

    void Require(string topic, bool isTable)
    {
        if (_engine.Broker.Cluster.Topic(topic) is null)
            CreateTopic(topic, _options.Partitions, isTable);
    }

    static byte[] Encode<T>(ICodec<T> codec, string topic, Key key, T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            codec.Encode(value, buffer);
        }
        catch (Exception e)
        {
            throw new TesterException($"The value for '{topic}', key '{key}', cannot be written: {e.Message}", e);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
