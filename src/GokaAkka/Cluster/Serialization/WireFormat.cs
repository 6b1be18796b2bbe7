using System.Text.Json;

namespace GokaAkka.Cluster.Serialization;

/// <summary>
/// How one message is written, under a name with a version. A format never changes: what is to be written otherwise gets a format of its own with the
/// next version, and the old one stays to be read for as long as nodes may write it.
/// </summary>
/// <param name="Manifest">The name on the wire, such as "node/1".</param>
/// <param name="Type">The message's type.</param>
abstract record WireFormat(string Manifest, Type Type)
{
    public abstract byte[] Write(object message);

    public abstract object Read(byte[] bytes);

    /// <summary>A message of few bytes or of seldom use, as System.Text.Json writes its public properties.</summary>
    public static WireFormat Json<T>(string manifest) where T : notnull => new JsonFormat<T>(manifest);

    /// <summary>A message of many bytes or of frequent use.</summary>
    public static WireFormat Binary<T>(string manifest, Action<BinaryWriter, T> write, Func<BinaryReader, T> read) where T : notnull =>
        new BinaryFormat<T>(manifest, write, read);

    sealed record JsonFormat<T>(string Manifest) : WireFormat(Manifest, typeof(T)) where T : notnull
    {
        public override byte[] Write(object message) => JsonSerializer.SerializeToUtf8Bytes((T)message);

        public override object Read(byte[] bytes) => JsonSerializer.Deserialize<T>(bytes) ?? throw new JsonException($"{Manifest}: null is no message.");
    }

    sealed record BinaryFormat<T>(string Manifest, Action<BinaryWriter, T> To, Func<BinaryReader, T> From) : WireFormat(Manifest, typeof(T)) where T : notnull
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
