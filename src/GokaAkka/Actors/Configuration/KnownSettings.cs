using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace GokaAkka.Actors.Configuration;

/// <summary>
/// The keys there are: those of reference.conf. A section that is empty there is open, for keys that others define (librdkafka's settings,
/// topics).
/// </summary>
sealed class KnownSettings
{
    /// <summary>A policy is one word or a section with one for each stage: its reader knows the stages.</summary>
    public const string OnError = "goka.processor.on-error";

    readonly HashSet<string> _values = [];
    readonly HashSet<string> _open = [OnError];

    KnownSettings(HoconObject goka) => Learn(goka, "goka");

    public static KnownSettings Instance { get; } = new(GokaSettings.DefaultConfig().GetValue("goka").GetObject());

    /// <summary>Full names of the keys that have a value.</summary>
    public IReadOnlyCollection<string> Values => _values;

    /// <summary>Full names of the sections that take any key.</summary>
    public IReadOnlyCollection<string> Open => _open;

    /// <summary>Looks at everything under <c>goka</c>.</summary>
    /// <exception cref="ConfigurationException">There are keys that do not exist; the message has a line for each.</exception>
    public void Check(Config config)
    {
        var problems = new List<string>();
        if (config.GetValue("goka")?.GetObject() is { } goka)
            Check(goka, "goka", problems);
        if (problems.Count > 0)
            throw new ConfigurationException(string.Join('\n', problems));
    }

    public static string Nearest(string name, IEnumerable<string> known) => known.MinBy(k => (EditDistance.Between(name, k), k))!;

    void Learn(HoconObject section, string path)
    {
        foreach (var (key, value) in section.Items)
        {
            var full = $"{path}.{key}";
            if (!value.IsObject())
                _values.Add(full);
            else if (value.GetObject().Items.Count == 0)
                _open.Add(full);
            else
                Learn(value.GetObject(), full);
        }
    }

    void Check(HoconObject section, string path, List<string> problems)
    {
        foreach (var (key, value) in section.Items)
        {
            var full = $"{path}.{(key.Contains('.') ? $"\"{key}\"" : key)}";
            if (_open.Contains(full))
                continue;
            if (_values.Contains(full) ? !value.IsObject() : IsSection(full) && value.IsObject())
                continue;
            if (IsSection(full) || _values.Contains(full))
                problems.Add($"{full} is {(value.IsObject() ? "a section" : "a value")}: expected {(value.IsObject() ? "a value" : "a section")}, as in reference.conf.");
            else
                problems.Add($"{full} is no setting of GokaAkka. Did you mean {Suggestion(key, full)}? reference.conf has every setting.");
        }

        foreach (var (key, value) in section.Items)
        {
            if (value.IsObject() && IsSection($"{path}.{key}"))
                Check(value.GetObject(), $"{path}.{key}", problems);
        }
    }

    bool IsSection(string full) => _values.Concat(_open).Any(k => k.StartsWith(full + ".", StringComparison.Ordinal));

    // A key in the wrong section is nearer to its namesake elsewhere than to whatever is spelled like the two together.
    string Suggestion(string key, string full)
    {
        var all = _values.Concat(_open).SelectMany(Sections).Distinct().ToList();
        var namesakes = all.Where(k => k.EndsWith("." + key, StringComparison.Ordinal)).ToList();
        return Nearest(full, namesakes.Count > 0 ? namesakes : all);
    }

    // goka.a.b is there, so goka.a is.
    static IEnumerable<string> Sections(string full)
    {
        for (var end = full.Length; end > "goka".Length; end = full.LastIndexOf('.', end - 1))
            yield return full[..end];
    }
}
