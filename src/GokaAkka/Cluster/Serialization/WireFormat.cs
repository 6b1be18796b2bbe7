using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using GokaAkka.Queries;

namespace GokaAkka.Cluster.Serialization;

/// <summary>
/// How one message is written, under a name with a version, so that nodes of different versions can be in one cluster during an upgrade:
/// <list type="bullet">
/// <item>What a format has is never removed, and never changes its meaning, its type or its place.</item>
/// <item>A format may grow. Members of JSON that a reader does not know are ignored, and so are the bytes behind the last field of a binary format that
/// it knows. A new field is therefore the last one, and has a default, which a reader takes when an older node has not written it: in JSON, a property that
/// is neither required nor a parameter of the constructor; in a binary format, <see cref="BinaryReader.BaseStream"/> is at its end.</item>
/// <item>Everything else, names of an enumeration included, is a format of its own, with the next version. One release reads it and the next one
/// writes it, for a node that does not know a format refuses the message.</item>
/// </list>
/// </summary>
/// <param name="Manifest">The name on the wire, such as "node/1".</param>
/// <param name="Type">The message's type.</param>
abstract record WireFormat(string Manifest, Type Type)
{
    public abstract byte[] Write(object message);

    public abstract object Read(byte[] bytes);

    /// <summary>A message of seldom use, as System.Text.Json writes its public properties, compressed, for remoting drops what is larger than a frame.</summary>
    public static WireFormat Json<T>(string manifest) where T : IWireMessage => new JsonFormat<T>(manifest);

    /// <summary>A message of many bytes or of frequent use.</summary>
    public static WireFormat Binary<T>(string manifest, Action<BinaryWriter, T> write, Func<BinaryReader, T> read) where T : IWireMessage =>
        new BinaryFormat<T>(manifest, write, read);

    sealed record JsonFormat<T>(string Manifest) : WireFormat(Manifest, typeof(T)) where T : IWireMessage
    {
        // A member that is missing or null and may not be is an error here, not in the actor that gets the message.
        static readonly JsonSerializerOptions s_options = new()
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Converters = { new JsonStringEnumConverter() },
        };

        public override byte[] Write(object message)
        {
            var bytes = new MemoryStream();
            using (var zip = new BrotliStream(bytes, CompressionLevel.Fastest))
                JsonSerializer.Serialize(zip, (T)message, s_options);
            return bytes.ToArray();
        }

        public override object Read(byte[] bytes)
        {
            using var zip = new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress);
            return JsonSerializer.Deserialize<T>(zip, s_options) ?? throw new JsonException("null is no message.");
        }
    }

    sealed record BinaryFormat<T>(string Manifest, Action<BinaryWriter, T> To, Func<BinaryReader, T> From) : WireFormat(Manifest, typeof(T)) where T : IWireMessage
    {
        public override byte[] Write(object message)
        {
            var bytes = new MemoryStream();
            using (var writer = new BinaryWriter(bytes))
                To(writer, (T)message);
            return bytes.ToArray();
        }

        public override object Read(byte[] bytes)
        {
            using var reader = new BinaryReader(new MemoryStream(bytes));
            return From(reader);
        }
    }
}
