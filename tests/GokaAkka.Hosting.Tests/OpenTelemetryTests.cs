using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace GokaAkka.Hosting.Tests;

public sealed class OpenTelemetryTests : HostingTest
{
    [Fact]
    public async Task Metrics_and_spans_must_reach_what_the_host_exports_them_by()
    {
        var metrics = new List<MetricSnapshot>();
        var spans = new List<Activity>();
        var group = $"otel-{Guid.NewGuid():N}";
        using var host = Build(
            g => g.AddProcessor(Counting(group)).AddEmitter("in", Codec.String),
            b => b.Services.AddOpenTelemetry()
                .WithMetrics(m => m.AddGokaInstrumentation().AddInMemoryExporter(metrics))
                .WithTracing(t => t.AddGokaInstrumentation().AddInMemoryExporter(spans)));
        await host.StartAsync().WaitAsync(Patience);
        var emitter = host.Services.GetRequiredService<Emitter<string>>();
        for (var i = 0; i < 5; i++)
            await emitter.Emit("alice", "").WaitAsync(Patience);
        await Eventually(() => Task.FromResult(Kafka.Read($"{group}-table").Count == 5), "five records are counted");

        await Eventually(() => Task.FromResult(Sum("messaging.client.consumed.messages") == 5), "five records are told");
        await Eventually(() => Task.FromResult(Spans().Sum(s => (int)s.GetTagItem("messaging.batch.message_count")!) == 5), "five records are in spans");
        await host.StopAsync().WaitAsync(Patience);

        long Sum(string name)
        {
            lock (metrics)
                metrics.Clear();
            host.Services.GetRequiredService<MeterProvider>().ForceFlush();
            var sum = 0L;
            foreach (var point in metrics.Where(m => m.Name == name).SelectMany(m => m.MetricPoints))
            {
                foreach (var (key, value) in point.Tags)
                    sum += key == "messaging.consumer.group.name" && value is string of && of == group ? point.GetSumLong() : 0;
            }

            return sum;
        }

        List<Activity> Spans()
        {
            host.Services.GetRequiredService<TracerProvider>().ForceFlush();
            return [.. spans.Where(s => s.DisplayName == "process in" && s.GetTagItem("messaging.consumer.group.name") as string == group)];
        }
    }

    [Fact]
    public async Task Otlp_must_be_set_up_in_one_line_and_not_keep_a_host_from_starting_and_stopping_where_nobody_listens()
    {
        // A port of this machine that refuses.
        using var host = Build(g => g.AddProcessor(Counting()).ExportOtlp(o => o.Endpoint = new Uri("http://127.0.0.1:1")));

        await host.StartAsync().WaitAsync(Patience);
        host.Services.GetService<MeterProvider>().ShouldNotBeNull();
        host.Services.GetService<TracerProvider>().ShouldNotBeNull();
        await Eventually(async () => (await Health(host, "ready")).Status == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy, "the host is ready");
        await host.StopAsync().WaitAsync(Patience);
    }
}
