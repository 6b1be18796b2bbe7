namespace GokaAkka.Simulation.Tests;

public sealed class ExactlyOnceTests(ITestOutputHelper output)
{
    // What an operator or an unclean election does to a table, and what only at-least-once delivery lets through.
    static readonly Fault[] Never = [Fault.TableTruncated, Fault.TableRecreated, Fault.StrayTableWrite];

    [Fact]
    public void Every_invariant_must_hold_whatever_fails()
    {
        var summary = Seeds.Run(output, from: 1, count: 1000, seed => new SimulationOptions(seed) { ExactlyOnce = true });

        summary.Failed?.Violation.ShouldBeNull();
        summary.Seeds.ShouldBe(1000);
        (summary.FewestCrashes, summary.FewestRebalances).ShouldBe((2, 4));
        summary.Faults.All.Where(f => f.Count == 0).Select(f => f.Fault).ShouldBe(Never, ignoreOrder: true);
        summary.Repeated.ShouldBe(0);
    }
}
