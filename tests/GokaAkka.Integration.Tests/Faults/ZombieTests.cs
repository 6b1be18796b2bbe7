namespace GokaAkka.Integration.Tests.Faults;

/// <summary>A process that stands still until its partitions are another's, and then goes on as if nothing had happened.</summary>
[Collection(FaultsCollection.Name)]
public sealed class ZombieTests(ITestOutputHelper output)
{
    const int Rate = 1_500;
    const int Healing = 6_000;

    [Fact]
    public async Task A_process_stopped_past_its_session_must_lose_no_message_commit_nothing_and_join_again()
    {
        await using var cluster = await FaultCluster.Start();
        using var workers = new Workers(cluster, "at-least-once");
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        var zombie = workers.Start(0);
        var (zombieName, other) = (workers.LastName, workers.Start(1));
        var loading = watch.Beside = load.Run(long.MaxValue, Rate);
        await Task.WhenAll(zombie.Printed("> state running"), other.Printed("> state running"));
        await watch.Until(() => watch.By(zombieName) > 0 && watch.By(workers.LastName) > 0, workers.ToString);
        await watch.UntilAllGoOn(workers.ToString);

        zombie.Signal(ChildProcess.Stop);
        await other.Printed("> assigned 0,1,2,3,4,5(?![^$]*> revoked)[^$]*> state running");
        await watch.UntilAllGoOn(workers.ToString);
        var (committed, byZombie) = (cluster.Committed(), watch.By(zombieName));
        zombie.Signal(ChildProcess.Continue);
        await zombie.Printed("> lost");
        cluster.Committed().Zip(committed).ShouldAllBe(c => c.First >= c.Second);
        output.WriteLine($"emitted by the zombie: {watch.By(zombieName) - byZombie}");
        await zombie.Printed("> lost[^$]*> assigned");
        await watch.UntilAllGoOn(workers.ToString);
        // What the client had of the zombie when it stopped is sent late, and written over by whatever comes next of the key.
        var before = watch.Distinct;
        await watch.Until(() => watch.Distinct > before + Healing, workers.ToString);
        load.Stop();
        await loading;
        await watch.Until(() => watch.Distinct == load.Count, workers.ToString);
        await workers.Terminate(0, 1);

        var verdict = Verdict.Of(cluster, load, watch);
        output.WriteLine(verdict.ToString());
        verdict.NothingLost();
    }
}
