namespace GokaAkka.Integration.Tests.Faults;

/// <summary>Callbacks are not the polling thread's work: how long one takes is no matter of the group's.</summary>
[Collection(FaultsCollection.Name)]
public sealed class SlowCallbackTests
{
    const int Rate = 500;
    const string SlowKey = "key-7";

    [Fact]
    public async Task A_callback_slower_than_max_poll_interval_must_cost_no_rebalance_and_hold_up_its_own_partition_alone()
    {
        await using var cluster = await FaultCluster.Start();
        using var workers = new Workers(cluster, "at-least-once");
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        var worker = workers.StartWith(
            0, $"goka.kafka.consumer {{ max.poll.interval.ms = {Clients.Session} }}", "--slow-key", SlowKey, "--slow-ms", "3000", "--slow-times", "1");
        watch.Beside = load.Run(long.MaxValue, Rate);

        await worker.Printed("> slow ");
        var before = watch.Distinct;
        await worker.Printed("> slow-done ");
        (watch.Distinct - before).ShouldBeGreaterThan(Rate, "messages counted beside the slow one");
        await watch.UntilAllGoOn(worker.ToString);
        load.Stop();
        await Verdict.Awaited(cluster, load, watch, worker.ToString);
        await workers.Terminate(0);

        worker.Output.Split('\n').Where(l => l.StartsWith("> assigned", StringComparison.Ordinal)).ShouldHaveSingleItem();
        worker.Output.ShouldNotContain("> lost");
        Verdict.Of(cluster, load, watch).ExactlyOnce();
    }
}
