using System.Diagnostics;
using GokaAkka.Telemetry;
using GokaAkka.Telemetry.Prometheus;

namespace GokaAkka.Bench.Cases;

/// <summary>The count case while somebody looks: what that costs.</summary>
static class TelemetryCases
{
    static readonly TimeSpan Scrape = TimeSpan.FromSeconds(1);

    /// <summary>Metrics are listened to and collected every second, fifteen times as often as Prometheus does.</summary>
    public static async Task<Measured> Metered(CaseRun run)
    {
        using var metrics = new PrometheusMetrics();
        await using var timer = new Timer(static m => ((PrometheusMetrics)m!).Collect(), metrics, Scrape, Scrape).ConfigureAwait(false);
        return await ProcessorCases.Count(run).ConfigureAwait(false);
    }

    /// <summary>Spans of batches are listened to, all data recorded.</summary>
    public static async Task<Measured> Traced(CaseRun run)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == GokaTelemetry.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return await ProcessorCases.Count(run).ConfigureAwait(false);
    }
}
