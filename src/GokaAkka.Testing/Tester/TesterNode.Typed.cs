using GokaAkka.Actors;
using GokaAkka.Graph;
using GokaAkka.Processing;
using GokaAkka.Tables;

namespace GokaAkka.Testing;

/// <inheritdoc cref="TesterNode"/>
/// <typeparam name="TState">The type of the group table's values.</typeparam>
public sealed class TesterNode<TState> : TesterNode
{
    readonly GroupGraph<TState> _graph;
    readonly ProcessorOptions _options;
    readonly NodeStorage _storage;
    readonly int _batchRecords;
    NodeDriver<TState> _driver;
    LocalTables<TState> _tables = null!;

    internal TesterNode(
        TesterEngine engine, GroupDriver group, string name, GroupGraph<TState> graph, ProcessorOptions options, NodeStorage storage, int batchRecords)
        : base(engine, group, name)
    {
        _graph = graph;
        _options = options;
        _storage = storage;
        _batchRecords = batchRecords;
        _driver = NewLife();
        group.Join(_driver);
    }

    internal override NodeDriver Driver => _driver;

    /// <summary>The table's value of a key; the type's default when there is none.</summary>
    /// <exception cref="PartitionNotHereException">The key's partition is not on this node, or not running.</exception>
    public TState? Get(Key key) => _tables.TryGet(key.Span, out var value, out var isHere) || isHere
        ? value
        : throw new PartitionNotHereException(Group, _tables.PartitionOf(key.Span), key.ToString(), State);

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
        _driver.Visit(run);
        return run.Done;
    }

    internal override void Start()
    {
        _driver = NewLife();
        State = TesterNodeState.Setup;
        Members.Join(_driver);
    }

    internal override void Wipe() => _storage.Wipe();

    NodeDriver<TState> NewLife()
    {
        _tables = new LocalTables<TState>(_options.Partitioner ?? Engine.Settings.Processor.Partitioner);
        _tables.SetCount(Members.Partitions);
        return new NodeDriver<TState>(
            new NodeParts<TState>
            {
                Graph = _graph,
                Options = _options,
                Settings = Engine.Settings,
                Broker = Engine.Broker,
                Sender = new NodeSender(Engine.Broker),
                Storage = _storage,
                Time = Engine.Time,
                Partitions = Members.Partitions,
                BatchRecords = _batchRecords,
                Context = Engine.Context,
                Skipped = AddSkipped,
                DeadLettered = AddDeadLettered,
                Errors = new ErrorPlan(_graph, _options.Errors, Engine.Settings.Processor.Errors),
                Tables = _tables,
            },
            Name);
    }
}
