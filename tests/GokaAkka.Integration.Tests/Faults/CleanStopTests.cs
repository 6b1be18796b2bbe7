namespace GokaAkka.Integration.Tests.Faults;

/// <summary>Processes that are stopped by SIGTERM under load; with exactly-once delivery and several at a time on Apache Kafka.</summary>
[Collection(FaultsCollection.Name)]
public sealed class CleanStopTests(ITestOutputHelper output)
{
    /// <summary>The embedded broker refuses commits during a rebalance, and so repeats messages when another member is left: there is one.</summary>
    [Fact]
    public async Task Stopping_and_starting_under_load_must_neither_lose_nor_repeat_a_message() =>
        (await Stops.StopAndStart("at-least-once", places: 1, output)).ExactlyOnce();

    [Fact]
    public async Task A_process_that_is_told_to_stop_at_full_speed_must_finish_what_it_has_begun_and_no_more()
    {
        const int Backlog = 20_000;
        await using var cluster = await FaultCluster.Start();
        using var workers = new Workers(cluster, "at-least-once");
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        await load.Run(Backlog, int.MaxValue);

        workers.Start(0, "--slow-key", "*", "--slow-ms", "1");
        await watch.Until(() => watch.Distinct > Backlog / 10, workers.ToString);
        await workers.Terminate(0);
        output.WriteLine($"stopped at {watch.Distinct}, committed {string.Join(' ', cluster.Committed())}");
        watch.Distinct.ShouldBeLessThan(Backlog);
        workers.Start(0);
        await Verdict.Awaited(cluster, load, watch, workers.ToString);
        await workers.Terminate(0);

        output.WriteLine(workers.ToString());
        Verdict.Of(cluster, load, watch).ExactlyOnce();
    }
}
