namespace GokaAkka.Specs;

public sealed class ActionsSpec(ITestOutputHelper output) : GokaSpec(output)
{
    [Fact]
    public async Task Action_must_run_with_its_value_and_tell_how_it_went()
    {
        var given = new TaskCompletionSource<string>();
        var end = new TaskCompletionSource();
        Goka.Actions.Add("rebuild", "Rebuilds the index.", (value, _) =>
        {
            given.SetResult(value);
            return end.Task;
        });
        Goka.Actions.Describe().ShouldHaveSingleItem().ShouldBe(new ActionReport { Name = "rebuild", Description = "Rebuilds the index.", Status = "idle" });

        var started = Goka.Actions.Start("rebuild", "since 2024");
        (started.Status, started.Value, started.Started.HasValue, started.Ended).ShouldBe(("running", "since 2024", true, null));
        (await given.Task.WaitAsync(Patience)).ShouldBe("since 2024");

        end.SetResult();
        var ended = Until("succeeded");
        (ended.Value, ended.Error, ended.Ended >= ended.Started).ShouldBe(("since 2024", null, true));
    }

    [Fact]
    public void Action_that_runs_must_not_be_started_again_and_stop_when_it_is_told_to()
    {
        Goka.Actions.Add("wait", "Waits.", static (_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, stop));
        Goka.Actions.Stop("wait").Status.ShouldBe("idle");
        Goka.Actions.Start("wait");

        Should.Throw<InvalidOperationException>(() => Goka.Actions.Start("wait")).Message.ShouldStartWith("The action 'wait' is running since ");
        Goka.Actions.Stop("wait");

        Until("stopped").Error.ShouldBeNull();
        Goka.Actions.Start("wait").Status.ShouldBe("running");
    }

    [Fact]
    public void Action_that_throws_must_be_failed_with_its_error_until_it_is_started_again()
    {
        Goka.Actions.Add("sum", "Sums up.", static (value, _) => value == "" ? Task.CompletedTask : throw new FormatException($"'{value}' is no number"));

        Goka.Actions.Start("sum", "x");
        Until("failed").Error.ShouldBe("FormatException: 'x' is no number");

        Goka.Actions.Start("sum").Error.ShouldBeNull();
        Until("succeeded");
    }

    [Fact]
    public void Names_that_are_taken_empty_or_unknown_must_be_errors_that_say_so()
    {
        Goka.Actions.Add("one", "", static (_, _) => Task.CompletedTask);
        Goka.Actions.Add("two", "", static (_, _) => Task.CompletedTask);

        Should.Throw<ArgumentException>(() => Goka.Actions.Add("one", "", static (_, _) => Task.CompletedTask)).Message.ShouldStartWith("There is an action 'one' already");
        Should.Throw<ArgumentException>(() => Goka.Actions.Add(" ", "", static (_, _) => Task.CompletedTask)).Message.ShouldStartWith("' ' is no name of an action");
        Should.Throw<ArgumentException>(() => Goka.Actions.Start("three")).Message.ShouldStartWith("There is no action 'three': expected one of one, two.");
    }

    [Fact]
    public async Task Actions_must_be_told_to_stop_when_the_system_ends()
    {
        var stopped = new TaskCompletionSource();
        Goka.Actions.Add("wait", "Waits.", async (_, stop) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stopped.SetResult();
        });
        Goka.Actions.Start("wait");

        await CoordinatedShutdown.Get(Sys).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance).WaitAsync(Patience);

        stopped.Task.IsCompletedSuccessfully.ShouldBeTrue();
    }

    ActionReport Until(string status)
    {
        AwaitCondition(() => Goka.Actions.Describe().Single().Status == status, Patience);
        return Goka.Actions.Describe().Single();
    }
}
