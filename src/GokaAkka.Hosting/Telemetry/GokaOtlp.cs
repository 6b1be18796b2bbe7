using GokaAkka.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Sends what is seen of GokaAkka to an OpenTelemetry collector.</summary>
public static class GokaOtlp
{
    /// <summary>
    /// Exports GokaAkka's metrics and spans by OTLP. Where to and how comes from OpenTelemetry's own variables (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>,
    /// <c>OTEL_SERVICE_NAME</c>, <c>OTEL_TRACES_SAMPLER</c>, …) unless <paramref name="configure"/> says so. An application that sets up OpenTelemetry
    /// itself uses <see cref="GokaInstrumentation"/> there instead.
    /// </summary>
    public static GokaBuilder ExportOtlp(this GokaBuilder goka, Action<OtlpExporterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(goka);
        goka.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddGokaInstrumentation().AddOtlpExporter(configure ?? (static _ => { })))
            .WithTracing(tracing => tracing.AddGokaInstrumentation().AddOtlpExporter(configure ?? (static _ => { })));
        return goka;
    }
}
