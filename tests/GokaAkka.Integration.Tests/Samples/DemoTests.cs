namespace GokaAkka.Integration.Tests.Samples;

/// <summary>The samples that show one thing each and end by themselves.</summary>
[Collection(SamplesCollection.Name)]
public sealed class DemoTests
{
    [Theory]
    [InlineData("Enrich", "Alice (c1) has spent 12, Bob (c2) has spent 7.")]
    [InlineData("DeferCommit", "1,000 messages were stored in")]
    [InlineData("Visit", "Closed the month of 200 accounts; 0 is left in them.")]
    public async Task Sample_must_show_what_it_promises_and_end_well(string sample, string outcome)
    {
        using var program = await ChildProcess.Run(Builds.Sample(sample));

        (await program.ExitCode()).ShouldBe(0, program.ToString());
        program.Output.ShouldContain(outcome);
        program.Errors.ShouldBeEmpty();
    }
}
