namespace GokaAkka.Tests.Processing;

public sealed class ErrorPlanTests
{
    [Fact]
    public void Each_stage_takes_the_nearest_policy_and_a_topics_own_setting_goes_over_the_codes()
    {
        var graph = GroupGraph.Define("g", g => g
            .Input("coded", Codec.String, (_, _) => { }, new InputOptions { Errors = new ErrorPolicies { Decode = ErrorPolicy.Skip } })
            .Input("configured", Codec.String, (_, _) => { }, new InputOptions { Errors = new ErrorPolicies { Decode = ErrorPolicy.Skip, Emit = ErrorPolicy.Skip } })
            .Input("plain", Codec.String, (_, _) => { }));
        var settings = new ErrorSettings(
            new ErrorPolicies { Callback = ErrorPolicy.Fail, Emit = ErrorPolicy.Fail, Storage = ErrorPolicy.Fail },
            new Dictionary<string, ErrorPolicies> { ["configured"] = new() { Decode = ErrorPolicy.DeadLetter } }, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        var plan = new ErrorPlan(graph, new ErrorPolicies { Callback = ErrorPolicy.DeadLetterTo("odd") }, settings);

        Stages(plan, "coded").ShouldBe("skip, dead-letter to odd, fail, fail, restart");
        Stages(plan, "configured").ShouldBe("dead-letter, dead-letter to odd, skip, fail, restart");
        Stages(plan, "plain").ShouldBe("restart, dead-letter to odd, fail, fail, restart");
        Stages(plan, null).ShouldBe("restart, dead-letter to odd, fail, fail, restart");
        plan.DeadLetterTopics.ShouldBe(["odd", "g-dlq"]);
        plan.Problems(graph).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("in", "Dead letters of 'g' would go to 'in', which is its own input: name another topic in its error policy.")]
    [InlineData("g-table", "Dead letters of 'g' would go to 'g-table', which is its own table: name another topic in its error policy.")]
    [InlineData("g-loop", "Dead letters of 'g' would go to 'g-loop', which is its own loop: name another topic in its error policy.")]
    [InlineData("a b", "Dead letters of 'g' would go to 'a b', whose name contains ' '; Kafka allows letters, digits, '.', '_' and '-': name another topic in its error policy.")]
    public void Dead_letters_must_not_come_back(string topic, string expected)
    {
        var graph = GroupGraph.Define<long>("g", g => g
            .Input("in", Codec.String, (_, _) => { }, new InputOptions { Errors = ErrorPolicy.DeadLetterTo(topic) })
            .Loop(Codec.String, (_, _) => { })
            .Persist(Codec.Int64));

        ErrorPlans.Of(graph).Problems(graph).ShouldBe([expected]);
    }

    [Fact]
    public void One_policy_for_everything_does_not_pass_over_failures_of_the_store()
    {
        ErrorPolicies.All(ErrorPolicy.Skip).Storage.ShouldBeNull();
        ErrorPolicies.All(ErrorPolicy.Fail).Storage.ShouldBe(ErrorPolicy.Fail);
        Should.Throw<ArgumentException>(() => new ErrorPolicies { Storage = ErrorPolicy.Skip }).Message.ShouldContain("'skip': expected restart or fail");
        Should.Throw<ArgumentException>(() => new ErrorPolicies { Storage = ErrorPolicy.Restart.AfterRetries(1) });
    }

    [Fact]
    public void Policies_that_make_no_sense_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => ErrorPolicy.Skip.AfterRetries(0));
        Should.Throw<ArgumentOutOfRangeException>(() => ErrorPolicy.Skip.AfterRetries(1, TimeSpan.Zero));
        Should.Throw<ArgumentException>(() => ErrorPolicy.DeadLetterTo(""));
    }

    static string Stages(ErrorPlan plan, string? input) => string.Join(", ", Enum.GetValues<ProcessingStage>().Select(s => plan.For(input, s)));
}
