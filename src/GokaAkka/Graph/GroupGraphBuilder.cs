using GokaAkka.Codecs;

namespace GokaAkka.Graph;

/// <summary>Adds edges to a group graph. Used inside <see cref="GroupGraph.Define{TState}"/> only.</summary>
/// <typeparam name="TState">The type of the group table's values.</typeparam>
public sealed class GroupGraphBuilder<TState>
{
    readonly string _group;
    readonly List<Edge> _edges = [];
    readonly List<(EdgeKind Kind, Func<string, Edge> Make)> _own = [];
    readonly List<string> _problems = [];
    Func<IContext<TState>, IContext<TState>>? _middleware;
    string _tableSuffix = "-table";
    string _loopSuffix = "-loop";

    internal GroupGraphBuilder(string group) => _group = group;

    /// <summary>Consumes a stream: the callback runs for each record, one at a time per partition. goka's <c>Input</c>.</summary>
    /// <typeparam name="T">The messages' type.</typeparam>
    /// <param name="topic">The topic. Each topic is consumed once per group.</param>
    /// <param name="codec">How its values are read.</param>
    /// <param name="callback">Called for each record. An exception is an error of the record, see <see cref="InputOptions.Errors"/>.</param>
    /// <param name="options">Null handling, start offset, error policy.</param>
    public GroupGraphBuilder<TState> Input<T>(
        string topic, ICodec<T> codec, Action<IContext<TState>, T> callback, InputOptions? options = null) =>
        Add(new InputEdge<TState, T>(EdgeKind.Input, topic, codec, null, callback, options ?? InputOptions.Default));

    /// <summary>Consumes a stream with an asynchronous callback; the next record of the partition waits for it.</summary>
    /// <inheritdoc cref="Input{T}(string, ICodec{T}, Action{IContext{TState}, T}, InputOptions)"/>
    public GroupGraphBuilder<TState> Input<T>(
        string topic, ICodec<T> codec, Func<IContext<TState>, T, ValueTask> callback, InputOptions? options = null) =>
        Add(new InputEdge<TState, T>(EdgeKind.Input, topic, codec, callback, null, options ?? InputOptions.Default));

    /// <summary>Consumes a stream. goka's <c>Input</c>.</summary>
    public GroupGraphBuilder<TState> Input<T>(Stream<T> stream, Action<IContext<TState>, T> callback, InputOptions? options = null) =>
        Input(stream.Name, stream.Codec, callback, options);

    /// <summary>Consumes a stream with an asynchronous callback.</summary>
    public GroupGraphBuilder<TState> Input<T>(Stream<T> stream, Func<IContext<TState>, T, ValueTask> callback, InputOptions? options = null) =>
        Input(stream.Name, stream.Codec, callback, options);

    /// <summary>Writes to a stream, with <see cref="IContext{TState}.Emit{T}(string, Records.Key, T, Records.Headers)"/>. goka's <c>Output</c>.</summary>
    public GroupGraphBuilder<TState> Output<T>(string topic, ICodec<T> codec) => Add(new OutputEdge<T>(topic, codec));

    /// <summary>Writes to a stream. goka's <c>Output</c>.</summary>
    public GroupGraphBuilder<TState> Output<T>(Stream<T> stream) => Output(stream.Name, stream.Codec);

    /// <summary>Keeps a table of one value per key, in the topic <c>&lt;group&gt;-table</c>. goka's <c>Persist</c>.</summary>
    public GroupGraphBuilder<TState> Persist(ICodec<TState> codec)
    {
        _own.Add((EdgeKind.Persist, suffixed => new PersistEdge<TState>(suffixed, codec)));
        return this;
    }

    /// <summary>Consumes the group's own stream <c>&lt;group&gt;-loop</c>, which callbacks write to with <c>Loopback</c>. goka's <c>Loop</c>.</summary>
    public GroupGraphBuilder<TState> Loop<T>(ICodec<T> codec, Action<IContext<TState>, T> callback, InputOptions? options = null)
    {
        _own.Add((EdgeKind.Loop, topic => new InputEdge<TState, T>(EdgeKind.Loop, topic, codec, null, callback, options ?? InputOptions.Default)));
        return this;
    }

    /// <summary>Consumes the group's own stream with an asynchronous callback.</summary>
    public GroupGraphBuilder<TState> Loop<T>(ICodec<T> codec, Func<IContext<TState>, T, ValueTask> callback, InputOptions? options = null)
    {
        _own.Add((EdgeKind.Loop, topic => new InputEdge<TState, T>(EdgeKind.Loop, topic, codec, callback, null, options ?? InputOptions.Default)));
        return this;
    }

    /// <summary>Consumes several streams of one type with one callback; at least one. goka's <c>Inputs</c>, which takes none silently.</summary>
    public GroupGraphBuilder<TState> Inputs<T>(
        IReadOnlyCollection<string> topics, ICodec<T> codec, Action<IContext<TState>, T> callback, InputOptions? options = null) =>
        Each(topics, topic => Input(topic, codec, callback, options));

    /// <summary>Consumes several streams of one type with one asynchronous callback; at least one.</summary>
    public GroupGraphBuilder<TState> Inputs<T>(
        IReadOnlyCollection<string> topics, ICodec<T> codec, Func<IContext<TState>, T, ValueTask> callback, InputOptions? options = null) =>
        Each(topics, topic => Input(topic, codec, callback, options));

    /// <summary>
    /// Consumes a stream in batches: the callback gets what has come of a partition, in order, and all of it is committed together. For
    /// writing to databases and the like.
    /// </summary>
    public GroupGraphBuilder<TState> InputBatch<T>(
        string topic, ICodec<T> codec, Func<IBatchContext, IReadOnlyList<Message<T>>, ValueTask> callback, InputOptions? options = null) =>
        Add(new BatchEdge<TState, T>(topic, codec, callback, options ?? InputOptions.Default));

    /// <summary>
    /// Reads the value of the record's own key in a table with the same partitions: <see cref="IContext{TState}.Join{T}(string)"/>. goka's
    /// <c>Join</c>.
    /// </summary>
    public GroupGraphBuilder<TState> Join<T>(string table, ICodec<T> codec) => Add(new TableEdge<T>(EdgeKind.Join, table, codec));

    /// <summary>Reads the value of the record's own key in a table with the same partitions. goka's <c>Join</c>.</summary>
    public GroupGraphBuilder<TState> Join<T>(Table<T> table) => Join(table.Name, table.Codec);

    /// <summary>
    /// Reads values of any key in a table, of which each node keeps a whole copy: <see cref="IContext{TState}.Lookup{T}(string, Records.Key)"/>.
    /// goka's <c>Lookup</c>.
    /// </summary>
    public GroupGraphBuilder<TState> Lookup<T>(string table, ICodec<T> codec) => Add(new TableEdge<T>(EdgeKind.Lookup, table, codec));

    /// <summary>Reads values of any key in a table, of which each node keeps a whole copy. goka's <c>Lookup</c>.</summary>
    public GroupGraphBuilder<TState> Lookup<T>(Table<T> table) => Lookup(table.Name, table.Codec);

    /// <summary>
    /// A callback that <c>VisitAll</c> runs for every key of the group table, under its owner, in turn with the inputs' records. The context's
    /// topic is the visitor's name. goka's <c>Visitor</c>.
    /// </summary>
    /// <typeparam name="TMeta">What <c>VisitAll</c> gives to each call.</typeparam>
    public GroupGraphBuilder<TState> Visitor<TMeta>(string name, Action<IContext<TState>, TMeta> callback) =>
        Add(new VisitorEdge<TState, TMeta>(name, callback));

    /// <summary>
    /// Wraps the context that callbacks get, at each call: for logging, tracing, checks. Derive from <see cref="ContextWrapper{TState}"/> and
    /// override what is of interest. Repeated calls wrap one around the other. goka's <c>WithContextWrapper</c>.
    /// </summary>
    public GroupGraphBuilder<TState> Use(Func<IContext<TState>, IContext<TState>> middleware)
    {
        var inner = _middleware;
        _middleware = inner is null ? middleware : context => middleware(inner(context));
        return this;
    }

    /// <summary>Names the group table's topic with another suffix than "-table".</summary>
    /// <remarks>goka's <c>SetTableSuffix</c> changes it for the whole process.</remarks>
    public GroupGraphBuilder<TState> TableSuffix(string suffix)
    {
        _tableSuffix = suffix;
        return this;
    }

    /// <summary>Names the loop's topic with another suffix than "-loop".</summary>
    public GroupGraphBuilder<TState> LoopSuffix(string suffix)
    {
        _loopSuffix = suffix;
        return this;
    }

    internal GroupGraph<TState> Build()
    {
        var edges = new List<Edge>(_edges);
        foreach (var (kind, make) in _own)
            edges.Add(make(_group + (kind == EdgeKind.Persist ? _tableSuffix : _loopSuffix)));
        var problems = _problems.Concat(GraphRules.Check(_group, _group + _tableSuffix, _group + _loopSuffix, edges)).ToList();
        if (problems.Count > 0)
            throw new GraphException(_group, problems);
        return new GroupGraph<TState>(_group, edges, _middleware);
    }

    GroupGraphBuilder<TState> Each(IReadOnlyCollection<string> topics, Action<string> add)
    {
        if (topics.Count == 0)
            _problems.Add("Inputs was given no topic; give at least one.");
        foreach (var topic in topics)
            add(topic);
        return this;
    }

    GroupGraphBuilder<TState> Add(Edge edge)
    {
        _edges.Add(edge);
        return this;
    }
}
