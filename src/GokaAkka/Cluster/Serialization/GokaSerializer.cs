using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace GokaAkka.Cluster.Serialization;

/// <summary>Writes the messages that GokaAkka's nodes send each other, each in the format that <see cref="WireFormats"/> has for it.</summary>
/// <param name="system">The actor system.</param>
sealed class GokaSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    // Akka has the numbers up to 100 for itself. It is on the wire: never another one.
    const int Number = 1746;

    /// <inheritdoc/>
    public override int Identifier => Number;

    /// <inheritdoc/>
    public override string Manifest(object o) => WireFormats.Of(o.GetType()).Manifest;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => WireFormats.Of(obj.GetType()).Write(obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (WireFormats.Named(manifest) is not { } format)
            throw new SerializationException($"A message of format '{manifest}' is not known to this version of GokaAkka: a node of another version has sent it.");
        try
        {
            return format.Read(bytes);
        }
        catch (Exception e)
        {
            throw new SerializationException($"A message of format '{manifest}' could not be read from its {bytes.Length} bytes: {e.Message}", e);
        }
    }
}
