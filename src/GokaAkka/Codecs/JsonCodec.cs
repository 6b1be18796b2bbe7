using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GokaAkka.Codecs;

/// <summary>JSON through System.Text.Json.</summary>
sealed class JsonCodec<T>(JsonTypeInfo<T> typeInfo, bool immutable) : ICodec<T>
{
    [ThreadStatic]
    static Utf8JsonWriter? writer;

    public bool IsImmutable => immutable || typeof(T).IsPrimitive || typeof(T) == typeof(string);

    public void Encode(T value, IBufferWriter<byte> output)
    {
        var json = Interlocked.Exchange(ref writer, null) ?? new Utf8JsonWriter(output);
        json.Reset(output);
        JsonSerializer.Serialize(json, value, typeInfo);
        json.Flush();
        writer = json;
    }

    public T Decode(ReadOnlySpan<byte> data) => JsonSerializer.Deserialize(data, typeInfo)!;
}
