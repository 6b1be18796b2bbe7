using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;

namespace GokaAkka.Codecs;

/// <summary>The built-in codecs.</summary>
public static class Codec
{
    /// <summary>Bytes as they are. goka's <c>codec.Bytes</c>.</summary>
    public static ICodec<byte[]> Bytes { get; } = new BytesCodec();

    /// <summary>UTF-8 text; a lone surrogate is an encoding error. goka's <c>codec.String</c>.</summary>
    public static ICodec<string> String { get; } = new StringCodec();

    /// <summary>A 64-bit integer as decimal text, so 42 is the two bytes "42". goka's <c>codec.Int64</c>.</summary>
    public static ICodec<long> Int64 { get; } = new Int64Codec();

    /// <summary>JSON through System.Text.Json.</summary>
    /// <typeparam name="T">The values' type.</typeparam>
    /// <param name="options">Serializer options; the library's defaults when null.</param>
    /// <param name="immutable">
    /// Say true when values are never changed after they are made (init-only records, say): tables then keep them decoded, which is faster.
    /// </param>
    public static ICodec<T> Json<T>(JsonSerializerOptions? options = null, bool immutable = false)
    {
        var chosen = options ?? JsonSerializerOptions.Default;
        chosen.MakeReadOnly(populateMissingResolver: true);
        return new JsonCodec<T>((JsonTypeInfo<T>)chosen.GetTypeInfo(typeof(T)), immutable);
    }

    /// <summary>JSON through System.Text.Json's source-generated metadata, without reflection.</summary>
    /// <typeparam name="T">The values' type.</typeparam>
    /// <param name="typeInfo">The generated metadata.</param>
    /// <param name="immutable">As for <see cref="Json{T}(JsonSerializerOptions, bool)"/>.</param>
    public static ICodec<T> Json<T>(JsonTypeInfo<T> typeInfo, bool immutable = false) => new JsonCodec<T>(typeInfo, immutable);

    /// <summary>Protocol Buffers messages of generated classes.</summary>
    /// <typeparam name="T">The generated message class.</typeparam>
    public static ICodec<T> Protobuf<T>() where T : IMessage<T>, new() => new ProtobufCodec<T>();
}
