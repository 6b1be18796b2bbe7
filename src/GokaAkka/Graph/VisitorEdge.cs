namespace GokaAkka.Graph;

/// <summary>A callback for every key of the group table.</summary>
sealed class VisitorEdge<TState, TMeta>(string name, Action<IContext<TState>, TMeta> callback)
    : Edge(EdgeKind.Visitor, name, typeof(TMeta), "none")
{
    public Action<IContext<TState>, TMeta> Callback { get; } = callback;

    public override string ToString() => $"visitor {Topic}";
}
