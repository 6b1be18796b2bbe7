using GokaAkka.Telemetry.Prometheus;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>GokaAkka's metrics for Prometheus.</summary>
public static class GokaMetricsEndpoint
{
    /// <summary>
    /// Serves what GokaAkka's meter measures in Prometheus' text format, without an OpenTelemetry exporter. Histograms count from this call on.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">Where.</param>
    /// <param name="meters">The meters to be served, in place of GokaAkka's alone: <c>GokaAkka</c>, <c>System.Runtime</c>, …</param>
    public static IEndpointConventionBuilder MapGokaMetrics(this IEndpointRouteBuilder endpoints, string path = "/metrics", params string[] meters)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var metrics = new PrometheusMetrics(meters);
        endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopped.Register(metrics.Dispose);
        return endpoints.MapGet(path, context =>
        {
            // The meter is there once the node is.
            _ = context.RequestServices.GetService<GokaAkka.Goka>();
            context.Response.ContentType = PrometheusMetrics.ContentType;
            context.Response.Headers.CacheControl = "no-store";
            return context.Response.WriteAsync(metrics.Collect(), context.RequestAborted);
        });
    }
}
