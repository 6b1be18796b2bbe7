using System.Text;

namespace GokaAkka.Telemetry.Prometheus;

/// <summary>
/// Names as OpenTelemetry's Prometheus exporters make them: letters, digits and underscores, then the unit in words, then <c>_total</c> for a
/// counter (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/).
/// </summary>
static class PrometheusName
{
    static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["d"] = "days", ["h"] = "hours", ["min"] = "minutes", ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes",
        ["KBy"] = "kilobytes", ["MBy"] = "megabytes", ["GBy"] = "gigabytes", ["Cel"] = "celsius", ["Hz"] = "hertz", ["%"] = "percent",
    };

    /// <summary>The name of a metric.</summary>
    /// <param name="instrument">The instrument's name.</param>
    /// <param name="unit">Its unit, or null; what stands in braces is no unit.</param>
    /// <param name="isCounter">Whether it only grows.</param>
    /// <param name="isGauge">Whether it is a value of the moment: a unit of 1 makes it a ratio.</param>
    public static string OfMetric(string instrument, string? unit, bool isCounter, bool isGauge)
    {
        var name = Clean(instrument, allowColon: true);
        if (isCounter && name.EndsWith("_total", StringComparison.Ordinal))
            name = name[..^"_total".Length];
        var suffix = unit == "1" ? isGauge ? "ratio" : "" : InWords(unit);
        if (suffix.Length > 0 && !name.EndsWith("_" + suffix, StringComparison.Ordinal))
            name += "_" + suffix;
        return isCounter ? name + "_total" : name;
    }

    /// <summary>The name of a label.</summary>
    public static string OfLabel(string tag) => Clean(tag, allowColon: false);

    static string InWords(string? unit)
    {
        var text = WithoutBraces(unit ?? "");
        if (text.Length == 0)
            return "";
        if (text.IndexOf('/') is var slash and >= 0)
        {
            var (over, per) = (text[..slash], text[(slash + 1)..]);
            return $"{Word(over)}_per_{Word(per).TrimEnd('s')}".Trim('_');
        }

        return Word(text);
    }

    static string Word(string unit) => Units.TryGetValue(unit, out var word) ? word : Clean(unit, allowColon: false).Trim('_');

    static string WithoutBraces(string unit)
    {
        while (unit.IndexOf('{') is var open and >= 0 && unit.IndexOf('}', open) is var close and >= 0)
            unit = unit.Remove(open, close - open + 1);
        return unit.Trim();
    }

    static string Clean(string name, bool allowColon)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            var isAllowed = char.IsAsciiLetterOrDigit(c) || (allowColon && c == ':');
            if (isAllowed && clean.Length == 0 && char.IsAsciiDigit(c))
                clean.Append('_');
            if (isAllowed)
                clean.Append(c);
            else if (clean.Length == 0 || clean[^1] != '_')
                clean.Append('_');
        }

        return clean.ToString();
    }
}
