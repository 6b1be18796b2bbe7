using System.Diagnostics;
using GokaAkka.Telemetry;
using GokaAkka.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GokaAkka.Bench.Cases;

/// <summary>The count case while somebody looks: what that costs.</summary>
static class TelemetryCases
{
    static readonly TimeSpan Scrape = TimeSpan.FromSeconds(1);

    /// <summary>Metrics are listened to and collected every second, fifteen times as often as Prometheus does.</summary>
    public static async Task<Measured> Metered(CaseRun run)
    {
        await using var app = Application(run);
        app.MapGokaMetrics();
        await app.StartAsync().ConfigureAwait(false);
        using var prometheus = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await using var timer = new Timer(static p => _ = ((HttpClient)p!).GetByteArrayAsync("/metrics"), prometheus, Scrape, Scrape).ConfigureAwait(false);
        return await ProcessorCases.Count(run).ConfigureAwait(false);
    }

    /// <summary>The web monitor is in the process, and somebody has its overview open, who runs there as well.</summary>
    public static async Task<Measured> Watched(CaseRun run)
    {
        await using var app = Application(run);
        app.MapGoka("/goka");
        await app.StartAsync().ConfigureAwait(false);
        using var browser = new HttpClient();
        using var page = await browser.GetStreamAsync(new Uri($"{app.Urls.First()}/goka/api/live?page=overview")).ConfigureAwait(false);
        using var closed = new CancellationTokenSource();
        var watching = Watch(page, closed.Token);
        var measured = await ProcessorCases.Count(run).ConfigureAwait(false);
        await closed.CancelAsync().ConfigureAwait(false);
        return await watching.ConfigureAwait(false) > 0 ? measured : throw new InvalidOperationException("The monitor has sent nothing.");
    }

    static WebApplication Application(CaseRun run)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(run.Goka);
        return builder.Build();
    }

    static async Task<long> Watch(Stream page, CancellationToken closed)
    {
        var (buffer, seen) = (new byte[64 * 1024], 0L);
        try
        {
            while (await page.ReadAsync(buffer, closed).ConfigureAwait(false) is var read and > 0)
                seen += read;
        }
        catch (OperationCanceledException)
        {
            // The measuring is over.
        }

        return seen;
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
