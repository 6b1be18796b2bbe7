namespace GokaAkka.Integration.Tests.Faults;

/// <summary>Counts messages while one process after the other is killed. <c>GOKA_FAULTS=full</c>: 300,000 messages and 20 kills.</summary>
static class Kills
{
    const int Processes = 3;

    static readonly FaultForm Form = FaultForm.IsFull ? new(Messages: 300_000, Faults: 20, Rate: 1_200) : new(Messages: 9_000, Faults: 3, Rate: 1_500);

    public static async Task<Verdict> Count(string delivery, ITestOutputHelper output)
    {
        output.WriteLine($"{delivery}, {Form}, GOKA_SEED={FaultForm.Seed}");
        var random = new Random(FaultForm.Seed);
        await using var cluster = await FaultCluster.Start();
        using var workers = new Workers(cluster, delivery);
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        for (var place = 0; place < Processes; place++)
            workers.Start(place);
        await Task.WhenAll(workers.Places.Select(p => workers[p].Printed("> state running")));

        var silences = new List<TimeSpan>();
        var share = Form.Messages / (Form.Faults + 1);
        load.Limit = 2 * share;
        watch.Beside = load.Run(Form.Messages, Form.Rate);
        for (var fault = 0; fault < Form.Faults; fault++)
        {
            // Somewhere in the second half of each share of the messages.
            var at = (share * fault) + (share / 2) + random.Next(share / 2);
            await watch.Until(() => watch.Distinct >= at, workers.ToString);
            var victim = random.Next(Processes);
            watch.TakeSilences();
            await workers.Kill(victim);
            workers.Start(victim);
            // It has partitions again when it has counted; those of the others were held up too.
            await watch.Until(() => watch.By(workers.LastName) > 0 || watch.Distinct >= load.Limit, workers.ToString);
            await watch.UntilAllGoOn(workers.ToString, load.Limit);
            silences.AddRange(watch.TakeSilences());
            load.Limit += share;
        }

        load.Limit = Form.Messages;

        await Verdict.Awaited(cluster, load, watch, workers.ToString);
        await workers.Terminate([.. workers.Places]);
        workers.NoneFailed();
        var verdict = Verdict.Of(cluster, load, watch);
        output.WriteLine(verdict.ToString());
        silences.Sort();
        output.WriteLine($"a partition was silent after a kill for p50 {silences[silences.Count / 2].TotalSeconds:0.0} s, at most {silences[^1].TotalSeconds:0.0} s");
        return verdict;
    }
}
