using System.Diagnostics.Metrics;
using System.Text;

namespace GokaAkka.Telemetry.Prometheus;

/// <summary>
/// Listens to meters and writes what they measure in Prometheus' text format, version 0.0.4: for a node without an OpenTelemetry exporter. Names are
/// those that OpenTelemetry's exporters make, so that dashboards fit either way. What is not observed counts from the moment this was made. Safe
/// for concurrent use.
/// </summary>
public sealed class PrometheusMetrics : IDisposable
{
    /// <summary>The media type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    readonly Lock _families = new();
    readonly Lock _collecting = new();
    readonly SortedDictionary<string, MetricFamily> _byName = new(StringComparer.Ordinal);
    readonly MeterListener _listener = new();

    /// <summary>Listens to the meters of these names; to GokaAkka's where none is given.</summary>
    public PrometheusMetrics(params string[] meters) : this(Named(meters))
    {
    }

    /// <summary>Listens to the meters that <paramref name="isWanted"/> picks.</summary>
    public PrometheusMetrics(Func<Meter, bool> isWanted)
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (isWanted(instrument.Meter))
                listener.EnableMeasurementEvents(instrument, Enter(instrument));
        };
        _listener.MeasurementsCompleted = (_, state) => Leave((MetricFamily)state!);
        Hear<double>(static v => v);
        Hear<float>(static v => v);
        Hear<long>(static v => v);
        Hear<int>(static v => v);
        Hear<short>(static v => v);
        Hear<byte>(static v => v);
        Hear<decimal>(static v => (double)v);
        _listener.Start();
    }

    /// <summary>What is measured now.</summary>
    public string Collect()
    {
        // Two collections at once would count twice what is observed.
        lock (_collecting)
        {
            foreach (var family in Families())
                family.Forget();
            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var family in Families())
                family.Write(text);
            return text.ToString();
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _listener.Dispose();

    static Func<Meter, bool> Named(string[] meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        string[] names = meters.Length > 0 ? meters : [GokaTelemetry.MeterName];
        return meter => names.Contains(meter.Name, StringComparer.Ordinal);
    }

    void Hear<T>(Func<T, double> number) where T : struct =>
        _listener.SetMeasurementEventCallback<T>((_, value, tags, family) => ((MetricFamily)family!).Take(number(value), tags));

    MetricFamily Enter(Instrument instrument)
    {
        lock (_families)
        {
            var name = MetricFamily.NameOf(instrument);
            if (!_byName.TryGetValue(name, out var family))
                _byName[name] = family = new MetricFamily(instrument);
            family.Instruments++;
            return family;
        }
    }

    void Leave(MetricFamily family)
    {
        lock (_families)
        {
            if (--family.Instruments == 0)
                _byName.Remove(family.Name);
        }
    }

    MetricFamily[] Families()
    {
        lock (_families)
            return [.. _byName.Values];
    }
}
