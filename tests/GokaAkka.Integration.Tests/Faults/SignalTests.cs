namespace GokaAkka.Integration.Tests.Faults;

/// <summary>What a program with our way of stopping does when it is told twice.</summary>
[Collection(FaultsCollection.Name)]
public sealed class SignalTests
{
    const int EndedBySignal = 128 + ChildProcess.Terminate;
    const int Messages = 3_000;
    const string SlowKey = "key-7";

    [Fact]
    public async Task A_second_SIGTERM_must_end_a_process_at_once_that_is_still_finishing_and_lose_nothing()
    {
        await using var cluster = await FaultCluster.Start();
        using var workers = new Workers(cluster, "at-least-once");
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        var stuck = workers.Start(0, "--slow-key", SlowKey, "--slow-ms", "600000", "--slow-times", "1");
        await load.Run(Messages, int.MaxValue);
        await stuck.Printed("> slow ");

        stuck.Signal(ChildProcess.Terminate);
        await stuck.Printed("> stopping");
        stuck.Signal(ChildProcess.Terminate);
        (await stuck.ExitCode()).ShouldBe(EndedBySignal, stuck.ToString());
        stuck.Output.ShouldNotContain("> stopped");

        workers.Start(1);
        await Verdict.Awaited(cluster, load, watch, workers.ToString);
        await workers.Terminate(1);
        Verdict.Of(cluster, load, watch).NothingLost();
    }

    [Theory]
    [InlineData(ChildProcess.Terminate)]
    [InlineData(ChildProcess.Interrupt)]
    public async Task A_program_that_leaves_signals_to_Akka_must_commit_what_it_has_done_leave_its_group_and_end_with_0(int signal)
    {
        await using var cluster = await FaultCluster.Start();
        using var workers = new Workers(cluster, "at-least-once");
        using var watch = new OutputWatch(cluster);
        using var load = new Load(cluster, FaultForm.Seed);
        var worker = workers.Start(0, "--signals", "akka", "--slow-key", "*", "--slow-ms", "1");
        await load.Run(Messages, int.MaxValue);
        await watch.Until(() => watch.Distinct > 0, workers.ToString);

        worker.Signal(signal);

        (await worker.ExitCode()).ShouldBe(0, worker.ToString());
        worker.Output.ShouldContain("> state stopped");
        workers.Start(1);
        await Verdict.Awaited(cluster, load, watch, workers.ToString);
        await workers.Terminate(1);
        Verdict.Of(cluster, load, watch).ExactlyOnce();
    }
}
