using System.IO.Compression;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace GokaAkka.Inspection;

/// <summary>
/// Messages about nodes on their way between nodes: JSON, so that a reader passes over what it does not know, compressed, so that the report of
/// many partitions stays below the size that remoting takes. A change that a reader of before would misunderstand gets a manifest of its own.
/// </summary>
sealed class InspectionSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    const string Describe = "describe-1";
    const string Described = "described-1";
    const string Command = "command-1";
    const string Answer = "answer-1";

    static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new JsonStringEnumConverter() },
    };

    public override int Identifier => 742_001;

    public override string Manifest(object o) => o switch
    {
        DescribeNode => Describe,
        NodeDescribed => Described,
        NodeCommand => Command,
        NodeAnswer => Answer,
        _ => throw new ArgumentException($"{o.GetType()} is no message about nodes.", nameof(o)),
    };

    public override byte[] ToBinary(object obj)
    {
        if (obj is DescribeNode)
            return [];
        using var bytes = new MemoryStream();
        using (var zip = new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            JsonSerializer.Serialize(zip, obj, obj.GetType(), Json);
        return bytes.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        Describe => DescribeNode.Instance,
        Described => Read<NodeDescribed>(bytes),
        Command => Read<NodeCommand>(bytes),
        Answer => Read<NodeAnswer>(bytes),
        _ => throw new SerializationException($"Manifest '{manifest}' is not known here: expected {Describe}, {Described}, {Command} or {Answer}. Do all nodes run the same version?"),
    };

    static T Read<T>(byte[] bytes)
    {
        using var zip = new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<T>(zip, Json) ?? throw new SerializationException($"{typeof(T).Name}: found nothing.");
    }
}
