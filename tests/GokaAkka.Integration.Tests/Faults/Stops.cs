namespace GokaAkka.Integration.Tests.Faults;

/// <summary>Processes that are stopped by SIGTERM under load and started again: 10 times with <c>GOKA_FAULTS=full</c>.</summary>
static class Stops
{
    const int Rate = 1_500;
    const int MessagesBetween = 1_000;

    static readonly int Count = FaultForm.IsFull ? 10 : 3;

    /// <param name="delivery">The delivery guarantee.</param>
    /// <param name="places">How many processes there are.</param>
    /// <param name="output">Told the figures.</param>
    public static async Task<Verdict> StopAndStart(string delivery, int places, ITestOutputHelper output)
    {
        output.WriteLine($"{delivery}, {Count} stops, GOKA_SEED={FaultForm.Seed}");
        await using var cluster = await FaultCluster.Start();
        using var workers = new Workers(cluster, delivery);
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        for (var place = 0; place < places; place++)
            workers.Start(place);
        watch.Beside = load.Run(long.MaxValue, Rate);

        for (var stop = 0; stop < Count; stop++)
        {
            var (place, next) = (stop % places, watch.Distinct + MessagesBetween);
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
        return verdict;
    }
}
