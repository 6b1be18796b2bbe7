using GokaAkka.Testing.Simulation;

namespace GokaAkka.Simulation.Tests;

/// <summary>The simulation is tested itself: with a defect built in, it must find it.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    const int Most = 1000;

    public static TheoryData<string> Mutations => [.. Enum.GetNames<Mutation>()];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_defect_must_be_found_within_a_thousand_seeds(string name)
    {
        var mutation = Enum.Parse<Mutation>(name);
        for (var seed = 1UL; seed <= Most; seed++)
        {
            var result = SimulationRun.Run(new SimulationOptions(seed) { Mutations = new MutationSet(mutation) });
            if (result.Violation is null)
                continue;
            output.WriteLine($"{mutation} was found with seed {seed}: {result.Violation}");
            return;
        }

        Assert.Fail($"{mutation} was not found within {Most} seeds.");
    }
}
