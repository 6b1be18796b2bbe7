using System.Reflection;
using System.Runtime.Loader;
using Akka.Configuration;
using GokaAkka.Codecs;

namespace GokaAkka.Nodes;

/// <summary>Starts what HOCON names: graphs out of assemblies, and views.</summary>
sealed class NodeParts(GokaNode node)
{
    const string Groups = "goka.node.groups";
    const string Views = "goka.node.views";

    /// <exception cref="ConfigurationException">Something that is named is not there, or is something else.</exception>
    public void Start()
    {
        var settings = node.Goka.Settings.Node;
        foreach (var file in settings.Assemblies)
            Load(file);
        foreach (var (group, part) in settings.Groups.OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            if (part.What is { } member && node.Runs(group))
                Graph($"{Groups}.\"{group}\".graph", group, member).Accept(new Starter(node));
        }

        foreach (var (table, part) in settings.Views.OrderBy(static v => v.Key, StringComparer.Ordinal))
        {
            if (node.HasRole(part.Roles))
                View(table, part.What ?? "bytes");
        }
    }

    void View(string table, string codec)
    {
        switch (codec)
        {
            case "bytes":
                node.View(new Table<byte[]>(table, Codec.Bytes));
                break;
            case "string":
                node.View(new Table<string>(table, Codec.String));
                break;
            case "int64":
                node.View(new Table<long>(table, Codec.Int64));
                break;
            default:
                throw new ConfigurationException($"{Views}.\"{table}\".codec = '{codec}': expected bytes, string or int64.");
        }
    }

    static GroupGraph Graph(string key, string group, string text)
    {
        const string Expected = "'Namespace.Type.Member, Assembly', a static property, field or method without parameters";
        var comma = text.IndexOf(',');
        var name = comma < 0 ? text : text[..comma];
        var dot = name.LastIndexOf('.');
        if (dot <= 0)
            throw new ConfigurationException($"{key} = '{text}': expected {Expected}.");
        var typeName = name[..dot] + (comma < 0 ? "" : text[comma..]);
        var type = Find(typeName) ?? throw new ConfigurationException(
            $"{key} = '{text}': there is no type '{typeName}' among the assemblies that are loaded. Name its file in goka.node.assemblies.");
        const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var member = name[(dot + 1)..];
        var found = type.GetProperty(member, Static)?.GetValue(null) ?? type.GetField(member, Static)?.GetValue(null)
            ?? type.GetMethod(member, Static, [])?.Invoke(null, null);
        var graph = found as GroupGraph ?? throw new ConfigurationException(
            $"{key} = '{text}': {type.FullName}.{member} {(found is null ? "is not there, or is null" : $"is a {found.GetType().Name}")}: expected {Expected}, with a GroupGraph.");
        return graph.Group == group
            ? graph
            : throw new ConfigurationException($"{key} = '{text}': that graph is of group '{graph.Group}', not '{group}'.");
    }

    static Type? Find(string name)
    {
        try
        {
            return Type.GetType(name, AssemblyLoadContext.Default.LoadFromAssemblyName, null);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            return null;
        }
    }

    static void Load(string file)
    {
        try
        {
            var path = Path.GetFullPath(file);
            AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
            // What it needs lies beside it.
            AssemblyLoadContext.Default.Resolving += (context, wanted) =>
                Path.Combine(Path.GetDirectoryName(path)!, wanted.Name + ".dll") is var beside && File.Exists(beside) ? context.LoadFromAssemblyPath(beside) : null;
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or ArgumentException)
        {
            throw new ConfigurationException($"goka.node.assemblies: '{file}' cannot be loaded: {e.Message}", e);
        }
    }

    sealed class Starter(GokaNode node) : IGraphVisitor<bool>
    {
        public bool Visit<TState>(GroupGraph<TState> graph)
        {
            node.Process(graph);
            return true;
        }
    }
}
