using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

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
        await Eventually(async () => await Metric("goka_processed_total", group) == 1, "the record is told");
        using var metrics = await _http.GetAsync("/metrics");
        metrics.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        metrics.Headers.CacheControl!.NoStore.ShouldBeTrue();

        isBad = true;
        Send("bob");
        await Eventually(async () => (await Get("/healthz")).Status == HttpStatusCode.ServiceUnavailable, "the node is not alive any more");
        (await Reasons("/healthz")).ShouldContain("a <bad> record");
        // An answer may be as old as 300 ms.
        await Eventually(async () => await Metric("goka_processor_state", group, "goka_state=\"failed\"") == 1, "the failure is told");
        (await Metric("goka_processor_state", group, "goka_state=\"running\"")).ShouldBeNull("what a node is at no more is gone");
    }

    [Fact]
    public async Task Metrics_of_a_node_must_stay_when_another_one_of_its_process_ends()
    {
        var (stays, ends) = ($"stays-{Guid.NewGuid():N}", $"ends-{Guid.NewGuid():N}");
        await using var app = await Serve(g => g.AddProcessor(Counting(stays)));
        using (var other = Build(g => Named(g, ends).AddProcessor(Counting(ends))))
        {
            await other.StartAsync().WaitAsync(Patience);
            await Eventually(async () => await Metric("goka_rebalances_total", stays) >= 1 && await Metric("goka_rebalances_total", ends) >= 1, "both are told");
            await other.StopAsync().WaitAsync(Patience);
        }

        await Eventually(async () => await Metric("goka_rebalances_total", ends) is null, "one is gone");
        (await Metric("goka_rebalances_total", stays)).ShouldBe(1);
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
            goka(Named(g, $"probed-{Guid.NewGuid():N}"));
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

    // OpenTelemetry tells nodes of a process apart by their names.
    static GokaBuilder Named(GokaBuilder goka, string name)
    {
        goka.SystemName = name;
        return goka;
    }

    // The sum of a metric's samples of a group that have these labels; null when there is none.
    async Task<double?> Metric(string name, string group, string label = "")
    {
        var samples = (await _http.GetStringAsync("/metrics")).Split('\n')
            .Where(l => l.StartsWith($"{name}{{", StringComparison.Ordinal) && l.Contains($"messaging_consumer_group_name=\"{group}\"", StringComparison.Ordinal)
                && l.Contains(label, StringComparison.Ordinal))
            .Select(l => double.Parse(l.Split(' ')[^1], CultureInfo.InvariantCulture)).ToList();
        return samples.Count == 0 ? null : samples.Sum();
    }
}
