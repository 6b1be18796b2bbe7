using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GokaAkka.Hosting.Tests;

public sealed class HealthTests : HostingTest
{
    [Fact]
    public async Task Health_must_follow_the_life_of_what_the_host_runs()
    {
        // In the wrong order, and with a table that is not there yet.
        using var host = Build(g => g.AddView(Counting().Table).AddProcessor(Counting()));

        var before = (await Health(host, "ready")).Entries["goka-ready"];
        (before.Status, before.Description).ShouldBe((HealthStatus.Unhealthy, "GokaAkka is not started."));

        await host.StartAsync().WaitAsync(Patience);
        await Eventually(async () => (await Health(host, "ready")).Status == HealthStatus.Healthy, "the host is ready");
        var ready = (await Health(host, "ready")).Entries["goka-ready"];
        ready.Data.Keys.Order().ShouldBe(["processor counts", "view counts-table"]);
        ready.Data["processor counts"].ShouldBe($"Running, {Partitions} partitions");
        var live = (await Health(host, "live")).Entries["goka-live"];
        live.Status.ShouldBe(HealthStatus.Healthy);
        live.Data["processor counts"].ShouldBeOfType<string>().ShouldMatch("^Running, polled [0-9.]+ s ago$");

        await host.StopAsync().WaitAsync(Patience);
        var after = (await Health(host, "ready")).Entries["goka-ready"];
        (after.Status, after.Data["processor counts"], after.Data["view counts-table"]).ShouldBe((HealthStatus.Unhealthy, "Stopped", "Stopped"));
    }

    [Fact]
    public async Task Readiness_must_be_degraded_while_no_broker_answers_and_healthy_again()
    {
        using var host = Build(g => g.AddHocon("goka.view { check-interval = 50ms, check-timeout = 200ms }").AddProcessor(Counting()).AddView(Counting().Table));
        await host.StartAsync().WaitAsync(Patience);
        await Eventually(async () => (await Health(host, "ready")).Status == HealthStatus.Healthy, "the host is ready");

        Kafka.TakeDown();
        await Eventually(async () => (await Health(host, "ready")).Status == HealthStatus.Degraded, "readiness is degraded");
        (await Health(host, "live")).Status.ShouldBe(HealthStatus.Healthy);

        Kafka.BringUp();
        await Eventually(async () => (await Health(host, "ready")).Status == HealthStatus.Healthy, "the host is ready again");
        await host.StopAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task Readiness_must_wait_for_a_processor_that_waits_for_its_brokers_and_say_why()
    {
        Kafka.TakeDown();
        using var host = Build(g => g.AddHocon("goka.kafka.connect-timeout = 100ms").AddProcessor(Counting()));
        await host.StartAsync().WaitAsync(Patience);
        var processor = host.Services.GetRequiredService<Processor<long>>();

        await Eventually(() => Task.FromResult(processor.Troubles.Count > 0), "the processor has its trouble");
        var ready = (await Health(host, "ready")).Entries["goka-ready"];
        ready.Status.ShouldBe(HealthStatus.Unhealthy);
        ready.Description!.ShouldStartWith("processor counts: Starting; ");
        (await Health(host, "live")).Status.ShouldBe(HealthStatus.Healthy);

        Kafka.BringUp();
        await Eventually(async () => (await Health(host, "ready")).Status == HealthStatus.Healthy, "the host is ready");
        await host.StopAsync().WaitAsync(Patience);
    }
}
