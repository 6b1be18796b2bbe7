namespace GokaAkka.RealKafka.Faults;

/// <summary>A process that stands still until its partitions are another's, where brokers refuse what comes too late.</summary>
[Collection(FaultsCollection.Name)]
public sealed class TransactionalZombieTests(ITestOutputHelper output)
{
    const int Rate = 800;

    [Fact]
    public async Task A_process_stopped_in_the_midst_of_a_transaction_must_commit_nothing_of_it_when_it_goes_on_and_each_message_count_once()
    {
        output.WriteLine($"GOKA_SEED={FaultForm.Seed}");
        await using var cluster = await FaultCluster.Start();
        using var workers = new Workers(cluster, "exactly-once");
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        var zombie = workers.Start(0);
        var (zombieName, other) = (workers.LastName, workers.Start(1));
        watch.Beside = load.Run(long.MaxValue, Rate);
        await Task.WhenAll(zombie.Printed("> state running"), other.Printed("> state running"));
        await watch.Until(() => watch.By(zombieName) > 0 && watch.By(workers.LastName) > 0, workers.ToString);

        zombie.Signal(ChildProcess.Stop);
        await other.Printed("> assigned 0,1,2,3,4,5(?![^$]*> revoked)[^$]*> state running");
        await watch.UntilAllGoOn(workers.ToString);
        zombie.Signal(ChildProcess.Continue);
        await zombie.Printed("> lost[^$]*> assigned");
        await watch.UntilAllGoOn(workers.ToString);
        load.Stop();
        await Verdict.Awaited(cluster, load, watch, workers.ToString);
        await workers.Terminate(0, 1);

        var verdict = Verdict.Of(cluster, load, watch);
        output.WriteLine(verdict.ToString());
        workers.NoneFailed();
        verdict.ExactlyOnce();
    }
}
