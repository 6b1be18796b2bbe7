namespace GokaAkka.Simulation.Tests;

public sealed class AtLeastOnceTests(ITestOutputHelper output)
{
    // What strikes in exactly-once delivery alone.
    static readonly Fault[] OfTransactions = [Fault.TransactionTimedOut, Fault.ProducerFenced];

    [Fact]
    public void Every_invariant_must_hold_whatever_fails()
    {
        var summary = Seeds.Run(output, from: 1, count: 1000, seed => new SimulationOptions(seed));

        summary.Failed?.Violation.ShouldBeNull();
        summary.Seeds.ShouldBe(1000);
        (summary.FewestCrashes, summary.FewestRebalances).ShouldBe((2, 4));
        summary.Faults.All.Where(f => f.Count == 0).Select(f => f.Fault).ShouldBe(OfTransactions, ignoreOrder: true);
    }
}
