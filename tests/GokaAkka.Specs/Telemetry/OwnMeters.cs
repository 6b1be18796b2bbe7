using System.Diagnostics.Metrics;

namespace GokaAkka.Specs.Telemetry;

/// <summary>The meters of one test, whatever others run beside it, and what they measure.</summary>
sealed class OwnMeters : IMeterFactory
{
    readonly ConcurrentBag<Meter> _meters = [];
    readonly MeterListener _listener = new();
    readonly Lock _collecting = new();
    readonly ConcurrentQueue<Measured> _recorded = new();
    List<Measured> _observed = [];

    public OwnMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, this))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Enter(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Enter(instrument, value, tags));
        _listener.Start();
    }

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <summary>What is observed now, and what was recorded since the test began.</summary>
    public Measurements Collect()
    {
        lock (_collecting)
        {
            _observed = [];
            _listener.RecordObservableInstruments();
            return new Measurements([.. _observed, .. _recorded]);
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters)
            meter.Dispose();
    }

    // What is observed comes on the thread that collects.
    void Enter(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var measured = new Measured(instrument, value, [.. tags.ToArray().Select(static t => $"{t.Key}={t.Value}").Order(StringComparer.Ordinal)]);
        if (instrument.IsObservable)
            _observed.Add(measured);
        else
            _recorded.Enqueue(measured);
    }
}

/// <summary>A measurement with its tags, each as <c>name=value</c>, in order.</summary>
sealed record Measured(Instrument Instrument, double Value, IReadOnlyList<string> Tags);

/// <summary>What one collection has found.</summary>
sealed class Measurements(IReadOnlyList<Measured> all)
{
    public IReadOnlyList<Measured> All => all;

    /// <summary>The measurements of an instrument that have these tags, and whatever others.</summary>
    public List<Measured> Of(string instrument, params string[] tags) => [.. all.Where(m => m.Instrument.Name == instrument && tags.All(m.Tags.Contains))];

    /// <summary>Their sum; null when there is none.</summary>
    public double? Sum(string instrument, params string[] tags) => Of(instrument, tags) is { Count: > 0 } found ? found.Sum(static m => m.Value) : null;
}
