using GokaAkka.Codecs;

namespace GokaAkka.Graph;

/// <summary>A stream the group writes to.</summary>
sealed class OutputEdge<T>(string topic, ICodec<T> codec) : Edge(EdgeKind.Output, topic, typeof(T), NameOf(codec))
{
    public ICodec<T> Codec { get; } = codec;
}

/// <summary>The group's own table.</summary>
sealed class PersistEdge<TState>(string topic, ICodec<TState> codec) : Edge(EdgeKind.Persist, topic, typeof(TState), NameOf(codec))
{
    public ICodec<TState> Codec { get; } = codec;
}
