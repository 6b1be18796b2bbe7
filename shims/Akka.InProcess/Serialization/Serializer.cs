using Akka.Actor;
using Akka.Configuration;

namespace Akka.Serialization;

/// <summary>Turns messages into bytes and back. Used by many threads at once.</summary>
public abstract class Serializer
{
    protected readonly ExtendedActorSystem system;

    protected Serializer(ExtendedActorSystem system) => this.system = system;

    /// <summary>The number that goes with the bytes; by default the one that akka.actor.serialization-identifiers has for the type.</summary>
    public virtual int Identifier => ConfiguredIdentifier();

    public abstract bool IncludeManifest { get; }

    public abstract byte[] ToBinary(object obj);

    public abstract object FromBinary(byte[] bytes, Type type);

    public T FromBinary<T>(byte[] bytes) => (T)FromBinary(bytes, typeof(T));

    int ConfiguredIdentifier()
    {
        foreach (var (name, value) in Serialization.Entries(system.Settings.Config, "akka.actor.serialization-identifiers"))
            if (Util.TypeNames.Find(name) == GetType())
                return int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
        throw new ConfigurationException(
            $"Couldn't find serializer id for [{GetType()}] under [akka.actor.serialization-identifiers] HOCON path");
    }
}

/// <summary>A serializer that names types by strings of its own, so that they can be renamed and have versions.</summary>
public abstract class SerializerWithStringManifest : Serializer
{
    protected SerializerWithStringManifest(ExtendedActorSystem system)
        : base(system)
    {
    }

    public sealed override bool IncludeManifest => true;

    public abstract string Manifest(object o);

    public abstract object FromBinary(byte[] bytes, string manifest);

    public sealed override object FromBinary(byte[] bytes, Type type) => FromBinary(bytes, Serialization.TypeManifest(type));
}
