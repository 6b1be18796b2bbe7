using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace GokaAkka.Specs;

/// <summary>
/// In the place of the serializer that Akka.NET has for any object: what crosses from node to node needs one of its own, with a format that
/// other versions understand.
/// </summary>
public sealed class RefusingSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <summary>Puts it there.</summary>
    public const string Config = """

        akka.actor.serializers.refusing = "GokaAkka.Specs.RefusingSerializer, GokaAkka.Specs"
        akka.actor.serialization-bindings."System.Object" = refusing

        """;

    public override int Identifier => 9999;

    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} has no serializer of its own.");

    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException($"{type} came without a serializer of its own.");
}
