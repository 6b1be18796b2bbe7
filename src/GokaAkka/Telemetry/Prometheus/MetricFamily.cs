using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace GokaAkka.Telemetry.Prometheus;

/// <summary>What is written under one name: the series of an instrument, or of instruments of several meters that are called the same. Safe for concurrent use.</summary>
sealed class MetricFamily
{
    // OpenTelemetry's, for histograms that advise none.
    static readonly double[] DefaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    readonly Lock _gate = new();
    readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    readonly double[] _bounds = [];
    readonly string _help;
    readonly string _type;
    readonly bool _isObserved;
    readonly bool _adds;

    public MetricFamily(Instrument instrument)
    {
        var kind = instrument.GetType().GetGenericTypeDefinition();
        _isObserved = instrument.IsObservable;
        var isCounter = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>);
        var isHistogram = kind == typeof(Histogram<>);
        // Of instruments called the same, those that count count together.
        _adds = isCounter || kind == typeof(UpDownCounter<>) || kind == typeof(ObservableUpDownCounter<>);
        _type = isCounter ? "counter" : isHistogram ? "histogram" : "gauge";
        if (isHistogram)
            _bounds = Advised(instrument) is { Length: > 0 } advised ? advised : DefaultBounds;
        _help = instrument.Description ?? "";
        Name = NameOf(instrument);
    }

    /// <summary>The name in the text.</summary>
    public string Name { get; }

    /// <summary>Instruments that it is told of.</summary>
    public int Instruments { get; set; }

    /// <summary>The name that an instrument has in the text.</summary>
    public static string NameOf(Instrument instrument)
    {
        var kind = instrument.GetType().GetGenericTypeDefinition();
        var isCounter = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>);
        return PrometheusName.OfMetric(instrument.Name, instrument.Unit, isCounter, isGauge: !isCounter && kind != typeof(Histogram<>));
    }

    /// <summary>A measurement comes.</summary>
    public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = LabelText.Of(tags);
        lock (_gate)
        {
            if (!_series.TryGetValue(labels, out var series))
                _series[labels] = series = new Series(labels, _bounds);
            if (_bounds.Length > 0)
                series.Observe(value);
            else
                series.Value = _adds ? series.Value + value : value;
        }
    }

    /// <summary>A collection begins: what is observed is asked for anew, and what is gone is not there any more.</summary>
    public void Forget()
    {
        if (!_isObserved)
            return;
        lock (_gate)
            _series.Clear();
    }

    /// <summary>Writes it; nothing when it has no series.</summary>
    public void Write(StringBuilder text)
    {
        lock (_gate)
        {
            if (_series.Count == 0)
                return;
            text.Append("# HELP ").Append(Name).Append(' ').Append(_help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
            text.Append("# TYPE ").Append(Name).Append(' ').Append(_type).Append('\n');
            foreach (var series in _series.Values)
            {
                if (_bounds.Length > 0)
                    WriteHistogram(text, series);
                else
                    Line(text, Name, "", series.Labels, series.Value);
            }
        }
    }

    void WriteHistogram(StringBuilder text, Series series)
    {
        var before = series.Labels.Length > 0 ? series.Labels + "," : "";
        foreach (var (upTo, count) in series.Cumulative())
            Line(text, Name, "_bucket", $"{before}le=\"{Number(upTo)}\"", count);
        Line(text, Name, "_sum", series.Labels, series.Value);
        Line(text, Name, "_count", series.Labels, series.Count);
    }

    static void Line(StringBuilder text, string name, string part, string labels, double value)
    {
        text.Append(name).Append(part);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ');
        if (double.IsInfinity(value))
            text.Append(Number(value));
        else
            text.Append(CultureInfo.InvariantCulture, $"{value:R}");
        text.Append('\n');
    }

    static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    static double[]? Advised(Instrument instrument) => instrument switch
    {
        Histogram<double> h => Bounds(h.Advice),
        Histogram<float> h => Bounds(h.Advice),
        Histogram<long> h => Bounds(h.Advice),
        Histogram<int> h => Bounds(h.Advice),
        _ => null,
    };

    static double[]? Bounds<T>(InstrumentAdvice<T>? advice) where T : struct =>
        advice?.HistogramBucketBoundaries?.Select(static b => Convert.ToDouble(b, CultureInfo.InvariantCulture)).ToArray();
}
