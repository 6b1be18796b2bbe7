using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Serialization;

/// <summary>The serializers of a system, by the types that akka.actor.serialization-bindings gives them. There is none for all objects.</summary>
public class Serialization
{
    readonly ConcurrentDictionary<Type, Serializer> _byType = new();
    readonly ConcurrentDictionary<int, Serializer> _byIdentifier = new();
    readonly List<(Type Type, Serializer Serializer)> _bindings = [];

    public Serialization(ExtendedActorSystem system)
    {
        System = system;
        var byName = new Dictionary<string, Serializer>();
        foreach (var (name, typeName) in Entries(system.Settings.Config, "akka.actor.serializers"))
        {
            if (TypeNames.Find(typeName) is { } type)
                AddSerializer(name, byName[name] = (Serializer)Activator.CreateInstance(type, system));
            else
                system.Log.Warning("The type name for serializer '{0}' did not resolve to an actual Type: '{1}'", name, typeName);
        }
        foreach (var (typeName, name) in Entries(system.Settings.Config, "akka.actor.serialization-bindings"))
        {
            if (TypeNames.Find(typeName) is not { } type)
                system.Log.Warning("The type name for message/serializer binding '{0}' did not resolve to an actual Type: '{1}'", name, typeName);
            else if (!byName.TryGetValue(name, out var serializer))
                system.Log.Warning("Serialization binding to non existing serializer: '{0}'", name);
            else
                AddSerializationMap(type, serializer);
        }
    }

    public ExtendedActorSystem System { get; }

    /// <summary>The path that other systems can resolve: with this system's address, if it has one, and the actor's uid.</summary>
    public static string SerializedActorPath(IActorRef actorRef)
    {
        if (actorRef is null or Nobody)
            return "";
        var path = actorRef.Path;
        return actorRef is IInternalActorRef { System.Endpoint: { } home } && path.Address.HasLocalScope
            ? Remote.RemoteActorRef.At(home.Address, path).ToSerializationFormat()
            : path.ToSerializationFormat();
    }

    public static string ManifestFor(Serializer s, object msg) => s switch
    {
        SerializerWithStringManifest named => named.Manifest(msg),
        { IncludeManifest: true } => TypeManifest(msg.GetType()),
        _ => "",
    };

    [Obsolete("No longer supported. Use the AddSerializer(name, serializer) overload instead.", true)]
    public void AddSerializer(Serializer serializer) => throw new NotSupportedException("Use AddSerializer(name, serializer).");

    public void AddSerializer(string name, Serializer serializer)
    {
        ArgumentNullException.ThrowIfNull(name);
        _byIdentifier[serializer.Identifier] = serializer;
    }

    public void AddSerializationMap(Type type, Serializer serializer)
    {
        lock (_bindings)
            _bindings.Add((type, serializer));
        _byType.Clear();
    }

    public IActorRef DeserializeActorRef(string path) => ((ActorSystemImpl)System).Provider.ResolveActorRef(path);

    public byte[] Serialize(object o) => FindSerializerFor(o).ToBinary(o);

    public object Deserialize(byte[] bytes, int serializerId, Type type) => Identified(serializerId).FromBinary(bytes, type);

    public object Deserialize(byte[] bytes, int serializerId, string manifest) => Identified(serializerId) switch
    {
        SerializerWithStringManifest named => named.FromBinary(bytes, manifest),
        var other => other.FromBinary(bytes, string.IsNullOrEmpty(manifest) ? null : TypeNames.Find(manifest)
            ?? throw new SerializationException($"Cannot find manifest class [{manifest}] for serializer with id [{serializerId}].")),
    };

    public Serializer FindSerializerFor(object obj, string defaultSerializerName = null) =>
        FindSerializerForType(obj?.GetType() ?? typeof(object), defaultSerializerName);

    public Serializer FindSerializerForType(Type objectType, string defaultSerializerName = null) => TryFind(objectType)
        ?? throw new SerializationException($"Serializer not found for type {objectType.FullName}. Name one in 'akka.actor.serialization-bindings'.");

    internal Serializer TryFind(Type type) => _byType.GetOrAdd(type, MostSpecific);

    internal static string TypeManifest(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    internal static IEnumerable<(string Key, string Value)> Entries(Config config, string path)
    {
        var section = config.GetConfig(path);
        return section.IsNullOrEmpty() ? [] : section.Root.GetObject().Items.Select(item => (item.Key, item.Value.GetString()));
    }

    Serializer MostSpecific(Type type)
    {
        lock (_bindings)
        {
            (Type Type, Serializer Serializer) best = default;
            foreach (var binding in _bindings)
                if (binding.Type.IsAssignableFrom(type) && (best.Type == null || best.Type.IsAssignableFrom(binding.Type)))
                    best = binding;
            return best.Serializer;
        }
    }

    Serializer Identified(int serializerId) => _byIdentifier.TryGetValue(serializerId, out var serializer)
        ? serializer
        : throw new SerializationException($"Cannot find serializer with id [{serializerId}]. The most probable reason is that the " +
            "configuration entry 'akka.actor.serializers' is not in sync between the two systems.");
}
