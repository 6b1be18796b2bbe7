using System.Diagnostics.Metrics;
using GokaAkka.Telemetry.Prometheus;
using GokaAkka.Tests.Telemetry;

namespace GokaAkka.Specs.Telemetry;

/// <summary>The meters of one test, whatever others run beside it, and what they measure.</summary>
sealed class OwnMeters : IMeterFactory
{
    readonly ConcurrentBag<Meter> _meters = [];
    readonly PrometheusMetrics _metrics;

    public OwnMeters() => _metrics = new PrometheusMetrics(m => ReferenceEquals(m.Scope, this));

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public PrometheusText Collect() => PrometheusText.Parse(_metrics.Collect());

    public void Dispose()
    {
        _metrics.Dispose();
        foreach (var meter in _meters)
            meter.Dispose();
    }
}
