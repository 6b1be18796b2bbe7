using System.Globalization;
using System.Text;

namespace GokaAkka.Telemetry.Prometheus;

/// <summary>The labels of a series as they are written: in the order of their names, values escaped.</summary>
static class LabelText
{
    /// <summary>The labels of a measurement's tags, without braces. Of names that become the same the values are joined, as the exporters do.</summary>
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (tag, value) in tags)
        {
            var name = PrometheusName.OfLabel(tag);
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels[name] = labels.TryGetValue(name, out var other) ? $"{other};{text}" : text;
        }

        var written = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            written.Append(written.Length > 0 ? "," : "").Append(name).Append("=\"");
            Escape(value, written);
            written.Append('"');
        }

        return written.ToString();
    }

    static void Escape(string value, StringBuilder into)
    {
        foreach (var c in value)
        {
            switch (c)
            {
                case '\\':
                    into.Append("\\\\");
                    break;
                case '"':
                    into.Append("\\\"");
                    break;
                case '\n':
                    into.Append("\\n");
                    break;
                default:
                    into.Append(c);
                    break;
            }
        }
    }
}
