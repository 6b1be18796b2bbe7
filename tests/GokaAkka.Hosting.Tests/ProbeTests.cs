using System.Net;
using System.Text.Json;
using GokaAkka.Tests.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GokaAkka.Hosting.Tests;

/// <summary>What a web application answers to those who look after its node.</summary>
public sealed class ProbeTests : HostingTest, IDisposable
{
    readonly HttpClient _http = new() { Timeout = Patience };

    [Fact]
    public async Task Health_and_metrics_must_be_served_from_the_nodes_start_to_its_failure()
    {
        var isBad = false;
        var group = $"probed-{Guid.NewGuid():N}";
        Kafka.TakeDown();
        await using var app = await Serve(g => g.AddHocon("goka.kafka.connect-timeout = 100ms").AddHocon("goka.processor.on-error = fail").AddProcessor(Counting(group, called: () =>
        {
            if (isBad)
                throw new InvalidOperationException("a <bad> record");
        })));

        await Eventually(async () => (await Reasons("/readyz")).StartsWith("Starting; ", StringComparison.Ordinal), "the processor waits for its brokers");
        var (status, body) = await Get("/readyz");
        (status, body.GetProperty("status").GetString()).ShouldBe((HttpStatusCode.ServiceUnavailable, "unhealthy"));
        (await Get("/healthz")).Status.ShouldBe(HttpStatusCode.OK);

        Kafka.BringUp();
        await Eventually(async () => (await Get("/readyz")).Status == HttpStatusCode.OK, "the node is ready");
        (await Reasons("/readyz")).ShouldBe($"Running, {Partitions} partitions");
        Send("alice");
        await Eventually(async () => (await Metrics()).Sum("goka_processed_total", $"messaging_consumer_group_name=\"{group}\"") == 1, "the record is told");
        using var metrics = await _http.GetAsync("/metrics");
        metrics.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        metrics.Headers.CacheControl!.NoStore.ShouldBeTrue();

        isBad = true;
        Send("bob");
        await Eventually(async () => (await Get("/healthz")).Status == HttpStatusCode.ServiceUnavailable, "the node is not alive any more");
        (await Reasons("/healthz")).ShouldContain("a <bad> record");
        (await Metrics()).Sum("goka_processor_state", $"messaging_consumer_group_name=\"{group}\"", "goka_state=\"failed\"").ShouldBe(1);
    }

    public void Dispose() => _http.Dispose();

    async Task<WebApplication> Serve(Action<GokaBuilder> goka)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddGoka(g =>
        {
            g.UseKafka(_ => Kafka).AddHocon("goka { storage.provider = memory, processor { poll-timeout = 10ms, commit-interval = 20ms } }");
            g.OnFailure = ProcessorFailureBehavior.Ignore;
            goka(g);
        });
        var app = builder.Build();
        app.MapGokaHealth();
        app.MapGokaMetrics();
        await app.StartAsync().WaitAsync(Patience);
        _http.BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return app;
    }

    async Task<(HttpStatusCode Status, JsonElement Body)> Get(string path)
    {
        using var answer = await _http.GetAsync(path);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (answer.StatusCode, body.RootElement.Clone());
    }

    async Task<string> Reasons(string path) => string.Join("; ", (await Get(path)).Body.GetProperty("parts").EnumerateArray().Select(p => p.GetProperty("reason").GetString()));

    async Task<PrometheusText> Metrics() => PrometheusText.Parse(await _http.GetStringAsync("/metrics"));
}
