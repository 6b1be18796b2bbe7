using GokaAkka.Inspection;
using GokaAkka.Queries;

namespace GokaAkka.Cluster.Serialization;

/// <summary>Every message of GokaAkka that goes from node to node: whoever adds one marks it <see cref="IWireMessage"/>.</summary>
static class WireFormats
{
    /// <summary>All of them. Of several formats of a type the last one is written; the others are read.</summary>
    public static readonly IReadOnlyList<WireFormat> All =
    [
        WireFormat.Json<NodeStatement>("node/1"),
        .. ReadFormats.All,
        WireFormat.Json<DescribeNode>("describe/1"),
        WireFormat.Json<NodeDescribed>("described/1"),
        WireFormat.Json<NodeCommand>("command/1"),
        WireFormat.Json<NodeAnswer>("answer/1"),
        WireFormat.Json<UnknownMessage>("unknown/1"),
    ];

    static readonly Dictionary<string, WireFormat> s_byManifest = All.ToDictionary(static f => f.Manifest);

    static readonly Dictionary<Type, WireFormat> s_byType = All.GroupBy(static f => f.Type).ToDictionary(static f => f.Key, static f => f.Last());

    /// <exception cref="ArgumentException">The type has no format.</exception>
    public static WireFormat Of(Type type) => s_byType.TryGetValue(type, out var format)
        ? format
        : throw new ArgumentException($"{type} has no format to go from node to node; add one to {nameof(WireFormats)}.", nameof(type));

    /// <summary>The format of that name; null for one of a version that is not known here.</summary>
    public static WireFormat? Named(string manifest) => s_byManifest.GetValueOrDefault(manifest);
}
