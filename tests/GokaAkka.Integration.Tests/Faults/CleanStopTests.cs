using GokaAkka.Integration.Tests.Samples;

namespace GokaAkka.Integration.Tests.Faults;

/// <summary>
/// Processes that are stopped by SIGTERM under load and started again: 10 times with <c>GOKA_FAULTS=full</c>.
/// </summary>
[Collection(FaultsCollection.Name)]
public sealed class CleanStopTests(ITestOutputHelper output)
{
    const int Rate = 1_500;
    const int MessagesBetweenStops = 1_000;

    static readonly int Stops = FaultForm.IsFull ? 10 : 3;

    [Fact]
    public async Task Stopping_and_starting_under_load_must_neither_lose_nor_repeat_a_message() =>
        (await StopAndStart("at-least-once")).Verdict.ExactlyOnce();

    /// <summary>The embedded broker forgets offsets sent in transactions: there each start begins all over.</summary>
    [Fact]
    public async Task Stopping_and_starting_with_transactions_must_lose_nothing_and_repeat_nothing_where_their_offsets_are_kept()
    {
        var (verdict, hasTransactions) = await StopAndStart("exactly-once");

        if (hasTransactions)
            verdict.ExactlyOnce();
        else
            verdict.NothingLost();
    }

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

    async Task<(Verdict Verdict, bool HasTransactions)> StopAndStart(string delivery)
    {
        output.WriteLine($"{delivery}, {Stops} stops, GOKA_SEED={FaultForm.Seed}");
        await using var cluster = await FaultCluster.Start();
        using var workers = new Workers(cluster, delivery);
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        // The embedded broker refuses commits during a rebalance, and so repeats messages when another member is left: there is one.
        var places = cluster.HasTransactions ? 2 : 1;
        for (var place = 0; place < places; place++)
            workers.Start(place);
        watch.Beside = load.Run(long.MaxValue, Rate);

        for (var stop = 0; stop < Stops; stop++)
        {
            var (place, next) = (stop % places, watch.Distinct + MessagesBetweenStops);
            await workers[place].Printed("> state running");
            await watch.Until(() => watch.Distinct >= next, workers.ToString);
            await workers.Terminate(place);
            workers.Start(place);
        }

        load.Stop();
        await Verdict.Awaited(cluster, load, watch, workers.ToString);
        await workers.Terminate([.. workers.Places]);
        workers.NoneFailed();
        var verdict = Verdict.Of(cluster, load, watch);
        output.WriteLine($"{verdict}\n{workers}");
        return (verdict, cluster.HasTransactions);
    }
}
