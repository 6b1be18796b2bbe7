using GokaAkka.Codecs;

namespace GokaAkka.Graph;

/// <summary>A stream the group writes to.</summary>
sealed class OutputEdge<T>(string topic, ICodec<T> codec) : Edge(EdgeKind.Output, topic, typeof(T), NameOf(codec)), ICodecEdge<T>
{
    public ICodec<T> Codec { get; } = codec;
}

/// <summary>The group's own table.</summary>
sealed class PersistEdge<TState>(string topic, ICodec<TState> codec)
    : Edge(EdgeKind.Persist, topic, typeof(TState), NameOf(codec)), ICodecEdge<TState>
{
    public ICodec<TState> Codec { get; } = codec;
}

/// <summary>A table that callbacks read: joined, co-partitioned, or looked up as a whole.</summary>
abstract class TableEdge(EdgeKind kind, string topic, Type type, string codec) : Edge(kind, topic, type, codec)
{
    /// <summary>Hands the edge over with its type, which is known in here only.</summary>
    public abstract TResult Accept<TResult>(ITableEdgeVisitor<TResult> visitor);
}

/// <inheritdoc cref="TableEdge"/>
sealed class TableEdge<T>(EdgeKind kind, string topic, ICodec<T> codec) : TableEdge(kind, topic, typeof(T), NameOf(codec)), ICodecEdge<T>
{
    public ICodec<T> Codec { get; } = codec;

    public override TResult Accept<TResult>(ITableEdgeVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Does something with a table edge of any type.</summary>
interface ITableEdgeVisitor<out TResult>
{
    TResult Visit<T>(TableEdge<T> edge);
}
