using Akka.Configuration;
using Akka.Configuration.Hocon;
using GokaAkka.Actors;

namespace GokaAkka.Nodes;

/// <summary>Settings under <c>goka.node</c>: of programs that are nodes (<see cref="GokaNode"/>, <c>goka node</c>).</summary>
public sealed record NodeSettings
{
    /// <summary>The name of the actor system; all nodes of a cluster share it.</summary>
    public required string Name { get; init; }

    /// <summary>What tells this node from the others and stays when it is started again; empty for nothing.</summary>
    public required string Id { get; init; }

    /// <summary>How long a node tries to join its cluster.</summary>
    public required TimeSpan JoinTimeout { get; init; }

    /// <summary>Assemblies to load before graphs are looked for.</summary>
    public required IReadOnlyList<string> Assemblies { get; init; }

    /// <summary>What is said of groups, by group.</summary>
    public required IReadOnlyDictionary<string, NodePart> Groups { get; init; }

    /// <summary>The views to run, by table.</summary>
    public required IReadOnlyDictionary<string, NodePart> Views { get; init; }

    /// <summary>Whether <c>goka node</c> brings a broker of its own.</summary>
    public required bool EmbeddedBroker { get; init; }

    /// <summary>Whether <c>goka node</c> runs the clicks example.</summary>
    public required bool Clicks { get; init; }

    /// <summary>Partitions of the example's topics.</summary>
    public required int ClicksPartitions { get; init; }

    /// <summary>Clicks a second that the example emits.</summary>
    public required int ClicksRate { get; init; }

    /// <summary>How many users click.</summary>
    public required int ClicksUsers { get; init; }

    internal static NodeSettings Read(SettingsSection node) => new()
    {
        Name = node.Text("name"),
        Id = node.Text("id"),
        JoinTimeout = node.Duration("join-timeout"),
        Assemblies = node.Texts("assemblies"),
        Groups = Parts(node, "groups", "graph"),
        Views = Parts(node, "views", "codec"),
        EmbeddedBroker = node.Flag("embedded-broker"),
        Clicks = node.Flag("example.clicks"),
        ClicksPartitions = node.Number("example.partitions", 1),
        ClicksRate = node.Number("example.rate", 0),
        ClicksUsers = node.Number("example.users", 1),
    };

    static Dictionary<string, NodePart> Parts(SettingsSection node, string section, string what)
    {
        var parts = new Dictionary<string, NodePart>();
        if (node.Value(section) is { } value)
            Read(value, node.Full(section), "", what, parts);
        return parts;
    }

    // A name may have dots in it, which HOCON reads as nested objects unless it is quoted.
    static void Read(HoconValue value, string path, string name, string what, Dictionary<string, NodePart> parts)
    {
        if (value.GetObject() is not { } section)
            throw new ConfigurationException($"{path} = '{value.GetString()}': expected names, each with {{ {what} = …, roles = […] }}.");
        foreach (var (key, inner) in section.Items)
        {
            var full = name.Length > 0 ? $"{name}.{key}" : key;
            if (name.Length == 0 || inner.IsObject())
                Read(inner, $"{path}.{key}", full, what, parts);
            else if (key == what)
                parts[name] = parts.GetValueOrDefault(name, new NodePart()) with { What = inner.GetString() };
            else if (key == "roles")
                parts[name] = parts.GetValueOrDefault(name, new NodePart()) with { Roles = [.. inner.GetStringList()] };
            else
                throw new ConfigurationException($"{path} has '{key}': expected {what} or roles.");
        }
    }
}

/// <summary>A group or view that nodes run.</summary>
public sealed record NodePart
{
    /// <summary>
    /// For a group, the static member that has its graph (<c>Namespace.Type.Member, Assembly</c>); for a view, its codec. Null where a program
    /// that knows it says nothing else than the roles.
    /// </summary>
    public string? What { get; init; }

    /// <summary>The nodes that run it: those with one of these roles, or every one.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];
}
