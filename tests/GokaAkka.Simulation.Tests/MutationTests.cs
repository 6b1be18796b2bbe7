namespace GokaAkka.Simulation.Tests;

/// <summary>The simulation is tested itself: with a defect built in, it must find it.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    const int Most = 2000;

    // What only transactions promise.
    static readonly Mutation[] OfTransactions =
        [Mutation.ReadsUncommittedTables, Mutation.CommitsOffsetsBeside, Mutation.ResumesBeforeCommitIsKnown, Mutation.StartsBeforeDrained];

    public static TheoryData<string> Mutations => [.. Enum.GetNames<Mutation>()];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_defect_must_be_found_within_two_thousand_seeds(string name)
    {
        var mutation = Enum.Parse<Mutation>(name);
        for (var seed = 1UL; seed <= Most; seed++)
        {
            var result = SimulationRun.Run(new SimulationOptions(seed) { Mutations = new MutationSet(mutation), ExactlyOnce = OfTransactions.Contains(mutation) });
            if (result.Violation is null)
                continue;
            output.WriteLine($"{mutation} was found with seed {seed}: {result.Violation}");
            return;
        }

        Assert.Fail($"{mutation} was not found within {Most} seeds.");
    }
}
