using GokaAkka.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OpenTelemetry;

/// <summary>GokaAkka in OpenTelemetry.</summary>
public static class GokaInstrumentation
{
    /// <summary>Collects what GokaAkka's meter measures: <c>services.AddOpenTelemetry().WithMetrics(m =&gt; m.AddGokaInstrumentation())</c>.</summary>
    public static MeterProviderBuilder AddGokaInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(GokaTelemetry.MeterName);
    }

    /// <summary>
    /// Collects GokaAkka's spans: <c>services.AddOpenTelemetry().WithTracing(t =&gt; t.AddGokaInstrumentation())</c>. What they are of,
    /// <c>goka.tracing</c> says.
    /// </summary>
    public static TracerProviderBuilder AddGokaInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(GokaTelemetry.ActivitySourceName);
    }
}
