using GokaAkka.Integration.Tests.Broker;
using GokaAkka.Integration.Tests.Samples;

namespace GokaAkka.Integration.Tests.Faults;

/// <summary>
/// Counts messages while one process after the other is killed. <c>GOKA_FAULTS=full</c>: 300,000 messages and 20 kills.
/// </summary>
[Collection(FaultsCollection.Name)]
public sealed class KillTests(ITestOutputHelper output)
{
    const int Processes = 3;

    static readonly FaultForm Quick = new(Messages: 18_000, Faults: 4, Rate: 1_500);
    static readonly FaultForm Full = new(Messages: 300_000, Faults: 20, Rate: 1_200);

    // Where a transaction's offsets are not kept, each rebalance begins all over, and the embedded broker does not hold so much.
    static readonly FaultForm QuickWithoutTransactions = new(Messages: 6_000, Faults: 2, Rate: 1_000);
    static readonly FaultForm FullWithoutTransactions = new(Messages: 60_000, Faults: 10, Rate: 500);

    [Fact]
    public async Task No_message_must_be_lost_when_processes_are_killed_over_and_over()
    {
        var (verdict, _) = await Count("at-least-once", FaultForm.IsFull ? Full : Quick);

        verdict.NothingLost();
    }

    [Fact]
    public async Task Each_message_must_count_exactly_once_where_transactions_are_kept_and_none_be_lost_where_not()
    {
        var (verdict, hasTransactions) = await Count("exactly-once", (FaultForm.IsFull, RealBrokers.Bootstrap) switch
        {
            (true, not null) => Full,
            (false, not null) => Quick,
            (true, _) => FullWithoutTransactions,
            _ => QuickWithoutTransactions,
        });

        if (hasTransactions)
            verdict.ExactlyOnce();
        else
            verdict.NothingLost();
    }

    async Task<(Verdict Verdict, bool HasTransactions)> Count(string delivery, FaultForm form)
    {
        output.WriteLine($"{delivery}, {form}, GOKA_SEED={FaultForm.Seed}");
        var random = new Random(FaultForm.Seed);
        await using var cluster = await FaultCluster.Start();
        using var workers = new Workers(cluster, delivery);
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        for (var place = 0; place < Processes; place++)
            workers.Start(place);
        await Task.WhenAll(workers.Places.Select(p => workers[p].Printed("> state running")));

        var silences = new List<TimeSpan>();
        var share = form.Messages / (form.Faults + 1);
        load.Limit = 2 * share;
        watch.Beside = load.Run(form.Messages, form.Rate);
        for (var fault = 0; fault < form.Faults; fault++)
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

        load.Limit = form.Messages;

        await Verdict.Awaited(cluster, load, watch, workers.ToString);
        await workers.Terminate([.. workers.Places]);
        workers.NoneFailed();
        var verdict = Verdict.Of(cluster, load, watch);
        output.WriteLine(verdict.ToString());
        silences.Sort();
        output.WriteLine($"a partition was silent after a kill for p50 {silences[silences.Count / 2].TotalSeconds:0.0} s, at most {silences[^1].TotalSeconds:0.0} s");
        return (verdict, cluster.HasTransactions);
    }
}
