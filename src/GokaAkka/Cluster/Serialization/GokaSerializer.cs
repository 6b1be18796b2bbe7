using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Event;
using Akka.Serialization;
using GokaAkka.Queries;

namespace GokaAkka.Cluster.Serialization;

/// <summary>Writes the messages that GokaAkka's nodes send each other, each in the format that <see cref="WireFormats"/> has for it.</summary>
/// <param name="system">The actor system.</param>
sealed class GokaSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    // Akka has the numbers up to 100 for itself. It is on the wire: never another one.
    const int Number = 1746;

    // A system makes its serializers anew whenever an extension brings HOCON of its own.
    static readonly ConditionalWeakTable<ActorSystem, ConcurrentDictionary<string, bool>> s_unknown = [];

    readonly ConcurrentDictionary<string, bool> _unknown = s_unknown.GetOrCreateValue(system);

    public override int Identifier => Number;

    public override string Manifest(object o) => WireFormats.Of(o.GetType()).Manifest;

    public override byte[] ToBinary(object obj) => WireFormats.Of(obj.GetType()).Write(obj);

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (WireFormats.Named(manifest ?? "") is not { } format)
            return Unknown(manifest ?? "");
        try
        {
            return format.Read(bytes);
        }
        catch (Exception e)
        {
            throw new SerializationException($"A message of format '{manifest}' could not be read from its {bytes.Length} bytes: {e.Message}", e);
        }
    }

    // Remoting logs every exception with its stack. A node of a later version may send many such messages until all are upgraded.
    UnknownMessage Unknown(string manifest)
    {
        if (_unknown.TryAdd(manifest, true))
        {
            base.system.Log.Error(
                "A message of format '{0}' is refused: GokaAkka {1} on this node does not know the format, so a node of a later version has sent it. Upgrade this node. "
                + "This is logged once; other formats are not affected.",
                manifest, typeof(GokaSerializer).Assembly.GetName().Version);
        }

        return new UnknownMessage(manifest);
    }
}
