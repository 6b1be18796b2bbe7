using GokaAkka.Codecs;

namespace GokaAkka.Graph;

/// <summary>What an edge connects a group with.</summary>
public enum EdgeKind
{
    /// <summary>A stream the group consumes.</summary>
    Input,

    /// <summary>The group's own stream to itself.</summary>
    Loop,

    /// <summary>A stream the group writes to.</summary>
    Output,

    /// <summary>The group's own table.</summary>
    Persist,

    /// <summary>A co-partitioned table of another group.</summary>
    Join,

    /// <summary>A whole table of another group.</summary>
    Lookup,

    /// <summary>A callback that visits every key of the group's table.</summary>
    Visitor,
}

/// <summary>One edge of a group graph: immutable. goka's <c>Edge</c>.</summary>
public abstract class Edge
{
    private protected Edge(EdgeKind kind, string topic, Type type, string codec)
    {
        Kind = kind;
        Topic = topic;
        MessageType = type;
        CodecName = codec;
    }

    /// <summary>What the edge connects the group with.</summary>
    public EdgeKind Kind { get; }

    /// <summary>The topic, or the visitor's name.</summary>
    public string Topic { get; }

    /// <summary>The type of the edge's values.</summary>
    public Type MessageType { get; }

    /// <summary>The codec's name, for descriptions.</summary>
    public string CodecName { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Topic}/{CodecName}";

    private protected static string NameOf(object? codec) => codec is null ? "none" : TypeNames.Short(codec.GetType());
}

/// <summary>An edge whose values have this type.</summary>
interface ICodecEdge<T>
{
    ICodec<T> Codec { get; }
}
