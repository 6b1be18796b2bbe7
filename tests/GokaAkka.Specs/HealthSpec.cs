namespace GokaAkka.Specs;

/// <summary>What a node without a host says of its health.</summary>
public sealed class HealthSpec(ITestOutputHelper output) : GokaSpec(output, "goka { kafka.connect-timeout = 100ms, view { check-interval = 50ms, check-timeout = 200ms } }")
{
    [Fact]
    public async Task Health_must_follow_the_life_of_what_a_node_runs()
    {
        (Goka.Health.Live().Level, Goka.Health.Ready().Level).ShouldBe((HealthLevel.Healthy, HealthLevel.Healthy), "nothing runs");

        var processor = await Goka.Process(Counting()).Running();
        await using var view = await Goka.View(Counting().Table).Running();
        Goka.Health.Ready().Parts.ShouldBe(
        [
            new PartHealth($"processor {Group}", HealthLevel.Healthy, $"Running, {Partitions} partitions"),
            new PartHealth($"view {Table}", HealthLevel.Healthy, $"Running, {Partitions} partitions"),
        ]);
        var live = Goka.Health.Live();
        (live.Level, live.Reason).ShouldBe((HealthLevel.Healthy, null));
        live.Parts[0].Reason.ShouldMatch("^Running, polled [0-9.]+ s ago$");

        Kafka.TakeDown();
        Eventually(() => Goka.Health.Ready().Parts[1].Level.ShouldBe(HealthLevel.Degraded));
        Goka.Health.Ready().Reason!.ShouldContain($"view {Table}: Reconnecting, serves its last known values");
        Goka.Health.Live().Level.ShouldBe(HealthLevel.Healthy);
        Kafka.BringUp();
        Eventually(() => Goka.Health.Ready().Level.ShouldBe(HealthLevel.Healthy));

        await processor.Stop().WaitAsync(Patience);
        Goka.Health.Ready().Parts.ShouldHaveSingleItem().Part.ShouldBe($"view {Table}", "what the application has stopped is no part of it");
        await view.DisposeAsync();
        Goka.Health.Ready().Parts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Readiness_must_wait_for_brokers_and_say_so_while_the_node_lives()
    {
        Kafka.TakeDown();
        var processor = Goka.Process(Counting());
        Eventually(() => processor.Troubles.Count.ShouldBe(1));

        var ready = Goka.Health.Ready();
        ready.Level.ShouldBe(HealthLevel.Unhealthy);
        ready.Reason!.ShouldStartWith($"processor {Group}: Starting; ");
        Goka.Health.Live().Level.ShouldBe(HealthLevel.Healthy);

        Kafka.BringUp();
        await processor.Ready.WaitAsync(Patience);
        Eventually(() => Goka.Health.Ready().Level.ShouldBe(HealthLevel.Healthy));
    }

    [Fact]
    public async Task A_processor_that_has_failed_must_end_the_health_of_its_node_until_it_is_started_again()
    {
        var isBad = true;
        var graph = Counting(_ =>
        {
            if (isBad)
                throw new InvalidOperationException("a bad record");
        });
        var failing = Goka.Process(graph, new ProcessorOptions { Errors = ErrorPolicy.Fail });
        Send("alice");
        await Should.ThrowAsync<ProcessorFailedException>(() => failing.Done.WaitAsync(Patience));

        foreach (var report in new[] { Goka.Health.Live(), Goka.Health.Ready() })
        {
            report.Level.ShouldBe(HealthLevel.Unhealthy);
            report.Reason!.ShouldStartWith($"processor {Group}: Failed: ");
            report.Reason.ShouldContain("a bad record");
        }

        isBad = false;
        await Goka.Process(graph).Ready.WaitAsync(Patience);
        (Goka.Health.Live().Level, Goka.Health.Ready().Level).ShouldBe((HealthLevel.Healthy, HealthLevel.Healthy));
    }

    [Fact]
    public async Task A_view_that_cannot_start_must_end_the_health_of_its_node()
    {
        var goka = GokaIn(SecondSystem("goka.start-timeout = 100ms"), Storage);
        var view = goka.View("missing", Codec.Int64);
        goka.Health.Ready().Level.ShouldBe(HealthLevel.Unhealthy);
        await Should.ThrowAsync<StartupException>(() => view.Done.WaitAsync(Patience));

        goka.Health.Live().Reason!.ShouldContain("view missing: Failed: ");
        goka.Health.Ready().Level.ShouldBe(HealthLevel.Unhealthy);

        Kafka.CreateTable("missing");
        await using var again = await goka.View("missing", Codec.Int64).Running();
        Eventually(() => goka.Health.Ready().Level.ShouldBe(HealthLevel.Healthy));
    }

    [Fact]
    public async Task A_node_that_ends_must_not_be_ready()
    {
        await Goka.Process(Counting()).Ready.WaitAsync(Patience);

        Shutdown(Sys, Patience);

        Goka.Health.Ready().Parts[0].ShouldBe(new PartHealth("node", HealthLevel.Unhealthy, "Stopping"));
    }
}
