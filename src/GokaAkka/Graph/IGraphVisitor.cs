namespace GokaAkka.Graph;

/// <summary>Is given a graph with the type of its state.</summary>
interface IGraphVisitor<out TResult>
{
    TResult Visit<TState>(GroupGraph<TState> graph);
}
