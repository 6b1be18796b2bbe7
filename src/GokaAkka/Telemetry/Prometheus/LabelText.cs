using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace GokaAkka.Telemetry.Prometheus;

/// <summary>The labels of a series as they are written: in the order of their names, values escaped.</summary>
/// <remarks>A collection of a large node comes here tens of thousands of times: names are made once, and nothing is made but the text.</remarks>
static class LabelText
{
    [ThreadStatic]
    static StringBuilder? scratch;

    static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);

    /// <summary>The labels of a measurement's tags, without braces. Of names that become the same the values are joined, as the exporters do.</summary>
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
            return "";
        Span<int> order = tags.Length <= 16 ? stackalloc int[tags.Length] : new int[tags.Length];
        Sort(tags, order);
        var text = scratch ??= new StringBuilder(256);
        text.Clear();
        var last = "";
        foreach (var i in order)
        {
            var name = Name(tags[i].Key);
            if (name == last)
                text.Append(';');
            else
                text.Append(last.Length == 0 ? "" : "\",").Append(name).Append("=\"");
            last = name;
            Escape(tags[i].Value, text);
        }

        return text.Append('"').ToString();
    }

    static string Name(string tag) => Names.GetOrAdd(tag, static t => PrometheusName.OfLabel(t));

    // By insertion: they are few, and in order most of the time.
    static void Sort(ReadOnlySpan<KeyValuePair<string, object?>> tags, Span<int> order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            var at = i;
            for (; at > 0 && string.CompareOrdinal(Name(tags[order[at - 1]].Key), Name(tags[i].Key)) > 0; at--)
                order[at] = order[at - 1];
            order[at] = i;
        }
    }

    static void Escape(object? value, StringBuilder into)
    {
        var text = value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        if (text.AsSpan().IndexOfAny('\\', '"', '\n') < 0)
        {
            into.Append(text);
            return;
        }

        foreach (var c in text)
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
