namespace GokaAkka.Graph;

/// <summary>
/// What a processor does: the streams it consumes and the callback for each, its table, what it writes to. Immutable and checked: a graph
/// that exists is sound. goka's <c>GroupGraph</c>.
/// </summary>
public abstract class GroupGraph
{
    private protected GroupGraph(string group, IReadOnlyList<Edge> edges)
    {
        Group = group;
        AllEdges = edges;
    }

    /// <summary>The group: the consumer group's id, and the prefix of the table and loop topics.</summary>
    public string Group { get; }

    /// <summary>Every edge, in the order of definition.</summary>
    public IReadOnlyList<Edge> AllEdges { get; }

    /// <summary>The topics of the inputs, the loop not among them.</summary>
    public IEnumerable<string> InputStreams => Topics(EdgeKind.Input);

    /// <summary>The topics of the outputs.</summary>
    public IEnumerable<string> OutputStreams => Topics(EdgeKind.Output);

    /// <summary>The loop's topic, or null when the group has none.</summary>
    public string? LoopStream => Topics(EdgeKind.Loop).FirstOrDefault();

    /// <summary>The group table's topic, or null for a stateless group.</summary>
    public string? GroupTable => Topics(EdgeKind.Persist).FirstOrDefault();

    /// <summary>The joined tables' topics.</summary>
    public IEnumerable<string> JointTables => Topics(EdgeKind.Join);

    /// <summary>The topics of tables that are looked up.</summary>
    public IEnumerable<string> LookupTables => Topics(EdgeKind.Lookup);

    /// <summary>The visitors' names.</summary>
    public IEnumerable<string> Visitors => Topics(EdgeKind.Visitor);

    /// <summary>Defines the graph of a group with a table.</summary>
    /// <typeparam name="TState">The type of the table's values.</typeparam>
    /// <param name="group">The consumer group's id.</param>
    /// <param name="define">Adds the edges.</param>
    /// <exception cref="GraphException">The graph cannot work; every problem is listed.</exception>
    public static GroupGraph<TState> Define<TState>(string group, Action<GroupGraphBuilder<TState>> define)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(define);
        var builder = new GroupGraphBuilder<TState>(group);
        define(builder);
        return builder.Build();
    }

    /// <summary>Defines the graph of a stateless group.</summary>
    /// <param name="group">The consumer group's id.</param>
    /// <param name="define">Adds the edges.</param>
    /// <exception cref="GraphException">The graph cannot work; every problem is listed.</exception>
    public static GroupGraph<Stateless> Define(string group, Action<GroupGraphBuilder<Stateless>> define) => Define<Stateless>(group, define);

    /// <summary>The graph as text: one line per edge.</summary>
    public string Describe() => GraphDescription.Text(this);

    /// <summary>The graph in DOT, for Graphviz.</summary>
    public string ToDot() => GraphDescription.Dot(this);

    /// <summary>The graph as a Mermaid flow chart.</summary>
    public string ToMermaid() => GraphDescription.Mermaid(this);

    /// <inheritdoc/>
    public override string ToString() => $"group {Group}";

    /// <summary>The tables of which a partition has its own part: the group's and those it joins.</summary>
    internal IEnumerable<string> PartitionedTables => Topics(EdgeKind.Persist).Concat(Topics(EdgeKind.Join));

    internal abstract TResult Accept<TResult>(IGraphVisitor<TResult> visitor);

    IEnumerable<string> Topics(EdgeKind kind) => AllEdges.Where(e => e.Kind == kind).Select(e => e.Topic);
}

/// <summary>The state of a group that has none.</summary>
public readonly record struct Stateless;

/// <summary>The graph of a group whose table holds values of one type.</summary>
/// <typeparam name="TState">The type of the table's values.</typeparam>
public sealed class GroupGraph<TState> : GroupGraph
{
    internal GroupGraph(string group, IReadOnlyList<Edge> edges, Func<IContext<TState>, IContext<TState>>? middleware) : base(group, edges)
    {
        Middleware = middleware;
        Inputs = [.. edges.OfType<InputEdge<TState>>()];
        Persist = edges.OfType<PersistEdge<TState>>().FirstOrDefault();
    }

    /// <summary>The group table, to make a view of, to join or to look up.</summary>
    /// <exception cref="InvalidOperationException">The group is stateless.</exception>
    public Table<TState> Table => Persist is { } persist
        ? new Table<TState>(persist.Topic, persist.Codec)
        : throw new InvalidOperationException($"Group '{Group}' is stateless: its graph has no Persist edge, so there is no table.");

    /// <summary>Inputs and the loop: all that is consumed.</summary>
    internal InputEdge<TState>[] Inputs { get; }

    internal PersistEdge<TState>? Persist { get; }

    /// <summary>Wraps the context of each call, or null.</summary>
    internal Func<IContext<TState>, IContext<TState>>? Middleware { get; }

    internal override TResult Accept<TResult>(IGraphVisitor<TResult> visitor) => visitor.Visit(this);

    /// <summary>A context as callbacks are to see it.</summary>
    internal IContext<TState> Wrap(IContext<TState> context) => Middleware is { } wrap ? wrap(context) : context;
}
