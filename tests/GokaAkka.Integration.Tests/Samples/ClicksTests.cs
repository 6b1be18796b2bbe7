namespace GokaAkka.Integration.Tests.Samples;

/// <summary>The demo ends when it is told to, and its figures agree.</summary>
[Collection(SamplesCollection.Name)]
public sealed class ClicksTests
{
    const string Agreement = @"Emitted ([\d,]+) clicks, counted ([\d,]+): they agree\.";

    [Fact]
    public async Task Clicks_must_count_what_it_emitted_and_end_by_itself_when_it_is_given_a_time()
    {
        using var clicks = await ChildProcess.Run(Builds.Clicks, "--for", "3");

        (await clicks.ExitCode()).ShouldBe(0, clicks.ToString());
        await ShouldAgree(clicks);
        clicks.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ChildProcess.Interrupt)]
    [InlineData(ChildProcess.Terminate)]
    public async Task Clicks_must_end_cleanly_with_all_counted_when_it_is_signalled(int signal)
    {
        using var clicks = ChildProcess.Start(Builds.Clicks);
        await clicks.Printed("running, emitted [1-9]");

        clicks.Signal(signal);

        (await clicks.ExitCode()).ShouldBe(0, clicks.ToString());
        await ShouldAgree(clicks);
    }

    [Fact]
    public async Task Clicks_must_end_cleanly_when_it_is_interrupted_before_anyone_clicked()
    {
        // The coordinator lets nobody in before the test is over.
        await using var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { InitialRebalanceDelay = TimeSpan.FromMinutes(5) });
        broker.CreateTopic("clicks", 8);
        using var clicks = ChildProcess.Start(Builds.Clicks, "--bootstrap", broker.BootstrapServers, "--control", broker.ControlAddress);
        await clicks.Printed("joining the group");

        clicks.Signal(ChildProcess.Interrupt);

        (await clicks.ExitCode()).ShouldBe(0, clicks.ToString());
        clicks.Output.ShouldContain("Emitted 0 clicks, counted 0: they agree.");
    }

    [Fact]
    public async Task Clicks_must_say_where_things_are_and_leave_no_temporary_store()
    {
        using var clicks = ChildProcess.Start(Builds.Clicks, "--group", "counters", "--topic", "presses");

        await clicks.Printed(@"broker +127\.0\.0\.1:\d+");
        await clicks.Printed("topic +presses .8 partitions.");
        await clicks.Printed("group +counters");
        await clicks.Printed("table +counters-table");
        var store = (await clicks.Printed(@"store +(\S+)")).Groups[1].Value;
        Directory.Exists(store).ShouldBeTrue();

        clicks.Signal(ChildProcess.Terminate);

        (await clicks.ExitCode()).ShouldBe(0, clicks.ToString());
        Directory.Exists(store).ShouldBeFalse();
    }

    [Fact]
    public async Task Clicks_must_go_on_counting_where_an_earlier_run_with_the_same_store_ended()
    {
        using var files = new TemporaryDirectory();
        using var broker = await StandaloneBroker.Start("clicks:8");
        string[] arguments = ["--for", "1", "--users", "1", "--store", files["store"], .. broker.Arguments];
        using var first = await ChildProcess.Run(Builds.Clicks, arguments);
        var before = await ShouldAgree(first);

        using var second = await ChildProcess.Run(Builds.Clicks, arguments);

        (await second.ExitCode()).ShouldBe(0, second.ToString());
        var after = before + await ShouldAgree(second);
        second.Output.ShouldContain($"some users: alice {after.ToString("#,0", CultureInfo.InvariantCulture)};", customMessage: second.ToString());
    }

    static async Task<long> ShouldAgree(ChildProcess clicks)
    {
        var match = await clicks.Printed(Agreement);
        match.Groups[1].Value.ShouldBe(match.Groups[2].Value);
        var emitted = long.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        emitted.ShouldBeGreaterThan(0, clicks.ToString());
        return emitted;
    }
}
