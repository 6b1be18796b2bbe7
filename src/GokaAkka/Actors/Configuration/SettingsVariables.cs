using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Configuration;

namespace GokaAkka.Actors.Configuration;

/// <summary>
/// The settings that environment variables give. A key's variable is its name in capitals with _ for every dot and dash
/// (GOKA_KAFKA_BOOTSTRAP_SERVERS); in an open section two of them precede the key (GOKA_KAFKA_CONSUMER__SESSION_TIMEOUT_MS), and topics keep
/// their own letters (GOKA_PROCESSOR_INPUTS__orders__ON_ERROR).
/// </summary>
sealed class SettingsVariables
{
    const string Prefix = "GOKA_";
    const string Separator = "__";
    const string Inputs = "goka.processor.inputs";

    // More wrong letters than this, and it is something else of somebody else's.
    const int Misspelled = 3;

    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly Dictionary<string, string> Keys = KnownSettings.Instance.Values.ToDictionary(NameOf);
    static readonly Dictionary<string, string> Sections = KnownSettings.Instance.Open.ToDictionary(static o => NameOf(o) + Separator);

    readonly Dictionary<string, string> _names = [];
    readonly List<string> _doubtful = [];

    SettingsVariables(IReadOnlyDictionary<string, string> environment)
    {
        var hocon = new System.Text.StringBuilder();
        foreach (var (name, value) in environment.Where(static v => v.Key.StartsWith(Prefix, StringComparison.Ordinal)).OrderBy(static v => v.Key, StringComparer.Ordinal))
        {
            if (Path(name) is not { } path)
            {
                Doubt(name);
                continue;
            }

            _names[string.Join('.', path)] = name;
            hocon.AppendJoin('.', path.Select(Quoted)).Append(" = ").AppendLine(Quoted(value));
        }

        Config = ConfigurationFactory.ParseString(hocon.ToString());
    }

    /// <summary>Their values.</summary>
    public Config Config { get; }

    /// <summary>The variable of each full key.</summary>
    public IReadOnlyDictionary<string, string> Names => _names;

    /// <summary>
    /// A sentence for each variable that looks like a misspelled one. They are no errors: orchestrators make variables out of their services'
    /// names, and a service may be called goka.
    /// </summary>
    public IReadOnlyList<string> Doubtful => _doubtful;

    public static SettingsVariables OfProcess() => Of(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(static v => (string)v.Key, static v => (string?)v.Value ?? ""));

    /// <exception cref="ConfigurationException">A variable of an open section has no key that makes sense.</exception>
    public static SettingsVariables Of(IReadOnlyDictionary<string, string> environment) => new(environment);

    public static string NameOf(string key) => key.ToUpperInvariant().Replace('.', '_').Replace('-', '_');

    static string[]? Path(string name)
    {
        if (Keys.TryGetValue(name, out var key))
            return key.Split('.');
        foreach (var (prefix, section) in Sections)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                return [.. section.Split('.'), .. Within(section, name[prefix.Length..], name)];
        }

        return null;
    }

    static string[] Within(string section, string rest, string name)
    {
        switch (section)
        {
            case KnownSettings.OnError:
                return rest is "DECODE" or "CALLBACK" or "EMIT" or "STORAGE"
                    ? [rest.ToLowerInvariant()]
                    : throw Wrong(name, "DECODE, CALLBACK, EMIT or STORAGE after the two underscores");
            case Inputs:
                const string policy = Separator + "ON_ERROR";
                return rest.EndsWith(policy, StringComparison.Ordinal) && rest.Length > policy.Length
                    ? [rest[..^policy.Length], "on-error"]
                    : throw Wrong(name, "TOPIC__ON_ERROR after the two underscores, the topic in its own letters");
            case "goka.node.groups" or "goka.node.views":
                throw new ConfigurationException($"Environment variable {name}: {section} has names of others in it, which no variable can have; say it in HOCON.");
            default:
                return rest.Trim('_').Length > 0
                    ? [rest.ToLowerInvariant().Replace('_', '.')]
                    : throw Wrong(name, $"the name of a setting of the native client after the two underscores, such as {name.TrimEnd('_')}__SECURITY_PROTOCOL");
        }
    }

    void Doubt(string name)
    {
        var nearest = KnownSettings.Nearest(name, Keys.Keys);
        if (EditDistance.Between(name, nearest) <= Misspelled)
            _doubtful.Add($"Environment variable {name} is no setting of GokaAkka and has no effect. Did you mean {nearest}?");
    }

    // HOCON's quoted strings are JSON's.
    static string Quoted(string text) => JsonSerializer.Serialize(text, Relaxed);

    static ConfigurationException Wrong(string name, string expected) => new($"Environment variable {name}: expected {expected}.");
}
