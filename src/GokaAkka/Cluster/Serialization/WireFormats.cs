namespace GokaAkka.Cluster.Serialization;

/// <summary>Every message of GokaAkka that goes from node to node.</summary>
static class WireFormats
{
    static readonly WireFormat[] s_all =
    [
        WireFormat.Json<NodeStatement>("node/1"),
        .. ReadFormats.All,
    ];

    static readonly Dictionary<string, WireFormat> s_byManifest = s_all.ToDictionary(static f => f.Manifest);

    // Of several formats of a type the last one is written.
    static readonly Dictionary<Type, WireFormat> s_byType = s_all.GroupBy(static f => f.Type).ToDictionary(static f => f.Key, static f => f.Last());

    /// <exception cref="ArgumentException">The type has no format.</exception>
    public static WireFormat Of(Type type) => s_byType.TryGetValue(type, out var format)
        ? format
        : throw new ArgumentException($"{type} has no format to go from node to node; add one to {nameof(WireFormats)}.", nameof(type));

    /// <summary>The format of that name; null for one of a version that is not known here.</summary>
    public static WireFormat? Named(string manifest) => s_byManifest.GetValueOrDefault(manifest);
}
