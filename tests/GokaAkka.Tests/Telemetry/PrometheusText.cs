namespace GokaAkka.Tests.Telemetry;

/// <summary>Reads Prometheus' text format 0.0.4 as strictly as its documentation allows: whatever is not exactly so is an error that says where.</summary>
sealed class PrometheusText
{
    readonly Dictionary<string, (string Type, string Help)> _families = [];
    readonly Dictionary<string, double> _samples = [];

    PrometheusText()
    {
    }

    /// <summary>The metrics' names with type and help, without what histograms append.</summary>
    public IReadOnlyDictionary<string, (string Type, string Help)> Families => _families;

    /// <summary>Each sample as it is written, labels in order of their names, with its value.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    public static PrometheusText Parse(string text)
    {
        var parsed = new PrometheusText();
        if (text.Length > 0 && text[^1] != '\n')
            throw new FormatException("The last line has no end.");
        string? family = null, help = null;
        foreach (var line in text.Split('\n')[..^1])
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                (family, help) = Two(line["# HELP ".Length..]);
                Name(family, line);
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var (name, type) = Two(line["# TYPE ".Length..]);
                if (name != family || type is not ("counter" or "gauge" or "histogram"))
                    throw new FormatException($"Wrong type line: {line}");
                if (!parsed._families.TryAdd(name, (type, help!)))
                    throw new FormatException($"A second family {name}.");
            }
            else
            {
                parsed.Sample(line, family ?? throw new FormatException($"A sample before any family: {line}"));
            }
        }

        return parsed;
    }

    /// <summary>The sum of a metric's samples that have these labels, and whatever others; null when there is none.</summary>
    public double? Sum(string name, params string[] labels)
    {
        var found = _samples.Where(s => s.Key.Split('{')[0] == name && labels.All(l => s.Key.Contains(l, StringComparison.Ordinal))).ToList();
        return found.Count == 0 ? null : found.Sum(s => s.Value);
    }

    void Sample(string line, string family)
    {
        var at = 0;
        var name = Until(line, ref at, static c => c is '{' or ' ');
        Name(name, line);
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (line[at] == '{')
        {
            do
            {
                at++;
                var label = Until(line, ref at, static c => c == '=');
                if (label.Contains(':', StringComparison.Ordinal))
                    throw new FormatException($"Wrong label in: {line}");
                Name(label, line);
                at++;
                if (!labels.TryAdd(label, Quoted(line, ref at)))
                    throw new FormatException($"A label twice: {line}");
            }
            while (line[at] == ',');
            if (line[at++] != '}')
                throw new FormatException($"Labels without an end: {line}");
        }

        if (line[at++] != ' ')
            throw new FormatException($"No space before the value: {line}");
        var type = _families.TryGetValue(family, out var known) ? known.Type : throw new FormatException($"No type before {line}");
        var expected = type == "histogram" ? new[] { family + "_bucket", family + "_sum", family + "_count" } : [family];
        if (!expected.Contains(name))
            throw new FormatException($"A sample of another family than {family}: {line}");
        var sample = labels.Count == 0 ? name : $"{name}{{{string.Join(',', labels.Select(l => $"{l.Key}=\"{l.Value}\""))}}}";
        if (!_samples.TryAdd(sample, Number(line[at..])))
            throw new FormatException($"A sample twice: {line}");
    }

    static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture),
    };

    static string Quoted(string line, ref int at)
    {
        if (line[at++] != '"')
            throw new FormatException($"A value without quotes: {line}");
        var value = new StringBuilder();
        while (line[at] != '"')
        {
            if (line[at] == '\\')
            {
                at++;
                value.Append(line[at] switch
                {
                    '\\' => '\\', '"' => '"', 'n' => '\n', var c => throw new FormatException($"Wrong escape \\{c} in: {line}"),
                });
            }
            else
            {
                value.Append(line[at]);
            }

            at++;
        }

        at++;
        return value.ToString();
    }

    static string Until(string line, ref int at, Func<char, bool> isEnd)
    {
        var start = at;
        while (!isEnd(line[at]))
            at++;
        return line[start..at];
    }

    static (string, string) Two(string text) => text.IndexOf(' ') is var space and > 0
        ? (text[..space], text[(space + 1)..])
        : throw new FormatException($"Two words expected: {text}");

    static void Name(string name, string line)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':'))
            throw new FormatException($"Wrong name '{name}' in: {line}");
    }
}
