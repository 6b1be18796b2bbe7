using GokaAkka.Cluster;

namespace GokaAkka.Testing;

/// <inheritdoc cref="TesterNode"/>
/// <typeparam name="TState">The type of the group table's values.</typeparam>
public sealed class TesterNode<TState> : TesterNode
{
    readonly GroupGraph<TState> _graph;
    readonly ProcessorOptions _options;
    readonly NodeStorage _storage;
    readonly string[] _inputs;
    int _lives;
    TesterProcess _process = null!;
    ProcessorContext<TState> _context = null!;

    internal TesterNode(TesterEngine engine, TesterGroup group, string name, GroupGraph<TState> graph, ProcessorOptions options, NodeStorage storage)
        : base(engine, group, name)
    {
        _graph = graph;
        // What goes on now and then goes on when all else has settled.
        _options = options with
        {
            Delivery = Processing.Delivery.AtLeastOnce,
            CoalesceInterval = (options.CoalesceInterval ?? engine.Settings.Processor.CoalesceInterval) > TimeSpan.Zero ? TesterActors.NowAndThen : null,
        };
        _storage = storage;
        _inputs = [.. graph.Inputs.Select(static e => e.Topic)];
        Start();
    }

    internal override IReadOnlyList<string> Inputs => _inputs;

    internal override string? Table => _graph.GroupTable;

    internal override ProcessorStatus Status => _context.Status;

    internal override TesterProcess Process => _process;

    /// <summary>The table's value of a key; the type's default when there is none.</summary>
    /// <exception cref="PartitionNotHereException">The key's partition is not on this node, or not running.</exception>
    public TState? Get(Key key) => _context.Tables.TryGet(key.Span, out var value, out var isHere) || isHere
        ? value
        : throw new PartitionNotHereException(Group, _context.Tables.PartitionOf(key.Span), key.ToString(), State);

    /// <summary>Runs a visitor for every key of this node's partitions, and returns when everything has settled. goka's <c>VisitAll</c>.</summary>
    /// <typeparam name="TMeta">As the visitor was defined.</typeparam>
    /// <param name="visitor">The visitor's name.</param>
    /// <param name="meta">Given to each call.</param>
    /// <param name="cancellation">Ends the run before the next keys.</param>
    /// <returns>The number of keys visited.</returns>
    /// <exception cref="VisitAbortedException">A partition left this node or failed meanwhile.</exception>
    /// <exception cref="TesterException">There is no such visitor, a partition is not running, or the visit cannot end.</exception>
    public long VisitAll<TMeta>(string visitor, TMeta meta, CancellationToken cancellation = default)
    {
        var visit = StartVisit(visitor, meta, cancellation);
        Engine.Settle();
        return visit.IsCompleted
            ? visit.GetAwaiter().GetResult()
            : throw new TesterException($"The visit '{visitor}' does not end: what it wrote is not acknowledged. Release the held acknowledgements, or take StartVisit.");
    }

    /// <summary>Begins a visit, of which nothing is done yet: it goes on with whatever settles next.</summary>
    /// <inheritdoc cref="VisitAll{TMeta}"/>
    public Task<long> StartVisit<TMeta>(string visitor, TMeta meta, CancellationToken cancellation = default)
    {
        Engine.CheckIdle();
        var edge = _graph.AllEdges.FirstOrDefault(e => e.Kind == EdgeKind.Visitor && e.Topic == visitor)
            ?? throw new TesterException($"Group '{Group}' has no visitor '{visitor}'; add Visitor(\"{visitor}\", …) to its graph.");
        if (edge is not VisitorEdge<TState, TMeta> typed)
            throw new TesterException($"Visitor '{visitor}' of group '{Group}' takes {TypeNames.Short(edge.MessageType)}, not {TypeNames.Short(typeof(TMeta))}.");
        if (State != TesterNodeState.Running)
            throw new TesterException($"Node '{Name}' of group '{Group}' is {State}: visits need every partition of the node to be running.");
        var run = new VisitRun<TState>(visitor, context => typed.Callback(context, meta), cancellation);
        _process.Tell(new StartVisits<TState>(run, Group));
        return run.Done;
    }

    internal override PartitionTable? Find(int partition) => _context.Tables.Find(partition);

    internal override void Overwrite(int partition, ReadOnlySpan<byte> key, byte[]? value)
    {
        if (_context.Tables[partition] is not { } table)
            return;
        if (value is null)
            table.Delete(key);
        else
            table.Set(key, value, _graph.Persist!.Codec.Decode(value));
    }

    internal override void Start()
    {
        State = TesterNodeState.Setup;
        _process = new TesterProcess(Engine, $"{Group}~{Name}~{++_lives}", Members);
        var partitioner = _options.Partitioner ?? Engine.Settings.Processor.Partitioner;
        var (tables, standbys) = (new LocalTables<TState>(partitioner), new LocalTables<TState>(partitioner));
        _context = new ProcessorContext<TState>
        {
            Graph = _graph,
            Options = _options,
            Settings = Engine.Settings,
            Kafka = _process,
            Partitioner = partitioner,
            Storage = new Lazy<IStorageProvider>(_storage),
            Runtime = _process.Runtime,
            Views = new RunningViews(),
            Status = new ProcessorStatus(_process.Runtime),
            Timings = NoTimings.Instance,
            Errors = new ErrorPlan(_graph, _options.Errors, Engine.Settings.Processor.Errors),
            Unreadable = UnreadableValues.Refused,
            Tables = tables,
            Standbys = standbys,
            Claims = new GroupClaims(Group, _graph.GroupTable ?? "", tables, standbys, static () => { }),
            PassedOver = PassedOver,
        };
        _process.Start(ProcessorActor<TState>.Props(_context), Status.Done, _graph.Inputs.Any(static e => e.IsAsynchronous));
    }

    internal override void Wipe() => _storage.Wipe();
}
