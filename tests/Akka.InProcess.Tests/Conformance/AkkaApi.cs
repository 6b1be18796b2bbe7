namespace Akka.InProcess.Tests.Conformance;

/// <summary>What the list of Akka.NET 1.5.30 says about the types that it keeps; filter-api.sh makes it.</summary>
sealed class AkkaApi
{
    readonly Dictionary<string, Entry> _types = new();

    sealed record Entry(string[] Kind, List<string> Bases, HashSet<string> Members);

    public AkkaApi()
    {
        using var stream = typeof(AkkaApi).Assembly.GetManifestResourceStream("akka-api.txt");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var member = line.IndexOf(" :: ", StringComparison.Ordinal);
            if (member >= 0)
                _types[line[..member]].Members.Add(line[(member + 4)..]);
            else
                AddType(line);
        }
    }

    public bool Has(string type) => _types.ContainsKey(type);

    public string[] Kind(string type) => _types[type].Kind;

    public IEnumerable<string> DeclaredMembers(string type) => _types[type].Members;

    /// <summary>Everything that the type derives from or implements, by its own line and those of the types it derives from.</summary>
    public HashSet<string> Bases(string type) =>
        [.. _types[type].Bases, .. _types[type].Bases.Select(Definition).Where(Has).SelectMany(Bases)];

    public bool HasMember(string type, string member) =>
        _types[type].Members.Contains(member) || _types[type].Bases.Select(Definition).Any(above => Has(above) && HasMember(above, member));

    void AddType(string line)
    {
        var parts = line.Split(" | ");
        var colon = parts[2].IndexOf(" :", StringComparison.Ordinal);
        _types.Add(parts[1], new Entry(parts[2][..colon].Split(' '), SplitBases(parts[2][(colon + 2)..]), []));
    }

    // Generic arguments have commas of their own.
    static List<string> SplitBases(string text)
    {
        var bases = new List<string>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : ',';
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c != ',' || depth > 0)
                continue;
            if (text[start..i].Trim() is { Length: > 0 } found)
                bases.Add(found);
            start = i + 1;
        }
        return bases;
    }

    static string Definition(string type) => type.IndexOf('[') is var bracket and >= 0 ? type[..bracket] : type;
}
