using GokaAkka.Telemetry;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>GokaAkka's metrics for Prometheus.</summary>
public static class GokaMetricsEndpoint
{
    // OpenTelemetry's own limit of 2,000 is too low: each partition of each input and table has a series. It reserves about 80 bytes for each.
    const int MaxSeriesPerMetric = 10_000;

    /// <summary>
    /// Serves what GokaAkka's meter measures in Prometheus' text format, from a meter provider of its own: the application's OpenTelemetry, if it has one, is
    /// not affected. An answer is as old as 300 ms at the most. Histograms count from this call on.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">Where.</param>
    /// <param name="meters">The meters to be served, in place of GokaAkka's alone: <c>GokaAkka</c>, <c>System.Runtime</c>, …</param>
    public static IEndpointConventionBuilder MapGokaMetrics(this IEndpointRouteBuilder endpoints, string path = "/metrics", params string[] meters)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(meters);
        var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meters.Length > 0 ? meters : [GokaTelemetry.MeterName])
            .AddView(static _ => new MetricStreamConfiguration { CardinalityLimit = MaxSeriesPerMetric })
            .AddPrometheusExporter(static options =>
            {
                options.ScrapeResponseCacheDurationMilliseconds = 300;
                options.TargetInfoEnabled = false;
            })
            .Build();
        endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopped.Register(provider.Dispose);
        return endpoints.MapPrometheusScrapingEndpoint(path, provider, static branch => branch.Use(static (context, next) =>
        {
            // The meter is there once the node is.
            _ = context.RequestServices.GetService<GokaAkka.Goka>();
            context.Response.Headers.CacheControl = "no-store";
            return next(context);
        }), optionsName: null);
    }
}
