namespace GokaAkka.Tests.Kafka;

public sealed class TopicRequirementsTests
{
    [Fact]
    public void Topics_that_fit_leave_nothing_to_say()
    {
        var verdict = Check(Topics("in:4", "joined:4", "out:7", "g-table:4:compact", "g-loop:4:delete"));

        (verdict.Problems.Count, verdict.Mismatches.Count, verdict.Missing.Count, verdict.Partitions).ShouldBe((0, 0, 0, 4));
    }

    [Fact]
    public void The_groups_own_missing_topics_are_made_with_the_inputs_count()
    {
        var verdict = Check(Topics("in:4", "joined:4", "out:7"), replicas: 2);

        verdict.Problems.ShouldBeEmpty();
        verdict.Missing.Select(t => $"{t.Name}:{t.Partitions}:{t.Replicas}:{t.Settings!["cleanup.policy"]}")
            .ShouldBe(["g-table:4:2:compact", "g-loop:4:2:delete"]);
    }

    [Fact]
    public void Own_topics_that_may_not_be_made_are_problems_and_every_missing_one_of_others()
    {
        Check(Topics("in:4", "joined:4", "out:7"), mayCreate: false).Problems.ShouldBe(
        [
            "Topic 'g-table' does not exist, and goka.kafka.create-topics is off.",
            "Topic 'g-loop' does not exist, and goka.kafka.create-topics is off.",
        ]);
        Check(Topics("joined:4")).Problems.ShouldBe(
            ["Topic 'in' does not exist; make it before 'g' starts.", "Topic 'out' does not exist; make it before 'g' starts."]);
    }

    [Fact]
    public void Topics_that_are_not_co_partitioned_are_listed_with_their_counts()
    {
        var verdict = Check(Topics("in:4", "joined:3", "out:7"));

        verdict.Problems.ShouldBe(
        [
            "The inputs and joined tables of 'g' are not co-partitioned: 'in' has 4 partitions, 'joined' has 3 partitions. A key must be in the "
            + "same partition of each, so their counts must be equal.",
        ]);
        verdict.Missing.ShouldBeEmpty();
    }

    [Fact]
    public void An_own_topic_of_another_count_or_policy_is_a_mismatch()
    {
        var verdict = Check(Topics("in:4", "joined:4", "out:7", "g-table:3:delete", "g-loop:4:compact"));

        verdict.Problems.ShouldBeEmpty();
        verdict.Mismatches.Count.ShouldBe(3);
        verdict.Mismatches[0].ShouldStartWith("Topic 'g-table' has 3 partitions, expected 4.");
        verdict.Mismatches[1].ShouldStartWith("Topic 'g-table' has cleanup.policy=delete, expected compact.");
        verdict.Mismatches[2].ShouldStartWith("Topic 'g-loop' has cleanup.policy=compact, expected delete.");
    }

    [Theory]
    [InlineData("compact,delete")]
    [InlineData("delete,compact")]
    public void A_table_that_deletes_by_age_besides_is_a_mismatch_whoever_writes_it(string policy)
    {
        Check(Topics("in:4", "joined:4", "out:7", "g-table:4:" + policy, "g-loop:4:delete")).Mismatches.ShouldHaveSingleItem()
            .ShouldStartWith($"Topic 'g-table' has cleanup.policy={policy}, expected compact.");
        Check(Topics("in:4", "joined:4:" + policy, "out:7", "g-table:4:compact", "g-loop:4:delete")).Mismatches.ShouldHaveSingleItem()
            .ShouldBe($"Topic 'joined' has cleanup.policy={policy}, expected compact. What a topic deletes by age or size is missing from the table.");
    }

    [Fact]
    public void A_loop_that_keeps_its_records_for_another_time_is_told_with_the_setting_and_no_mismatch()
    {
        var topics = Topics("in:4", "joined:4", "out:7", "g-table:4:compact", "g-loop:4:delete");
        topics["g-loop"] = topics["g-loop"] with { Settings = new Dictionary<string, string> { ["cleanup.policy"] = "delete", ["retention.ms"] = "3600000" } };

        var verdict = Requirements.Check(topics, null, true, TimeSpan.FromDays(7));

        (verdict.Problems.Count, verdict.Mismatches.Count).ShouldBe((0, 0));
        verdict.Warnings.ShouldHaveSingleItem().ShouldContain("'g-loop' has retention.ms=3600000, and goka.kafka.loop-retention says 604800000");
    }

    [Fact]
    public void Tables_of_other_groups_are_waited_for_where_they_are_not_there()
    {
        var verdict = Check(Topics("in:4", "out:7"));

        verdict.Problems.ShouldBeEmpty();
        verdict.Awaited.ShouldBe(["joined"]);
        verdict.Missing.Select(t => t.Name).ShouldBe(["g-table", "g-loop"], "others may be waiting for them");
    }

    [Fact]
    public void A_broker_that_does_not_say_its_settings_is_believed_and_the_check_that_is_missing_told()
    {
        var verdict = Check(Topics("in:4", "joined:4", "out:7", "g-table:4", "g-loop:4"));

        verdict.Mismatches.ShouldBeEmpty();
        verdict.Warnings.ShouldHaveSingleItem().ShouldContain("'g-table' may not be read (DESCRIBE_CONFIGS)");
    }

    static TopicRequirements Requirements => new("g", ["in", "joined"], ["out"], "g-table", "g-loop") { Foreign = ["joined"] };

    static TopicVerdict Check(Dictionary<string, TopicDescription> found, int? replicas = null, bool mayCreate = true) =>
        Requirements.Check(found, replicas, mayCreate);

    static Dictionary<string, TopicDescription> Topics(params string[] topics) => topics.Select(t => t.Split(':')).ToDictionary(
        t => t[0],
        t => new TopicDescription(
            t[0], int.Parse(t[1]), Settings: t.Length > 2 ? new Dictionary<string, string> { ["cleanup.policy"] = t[2] } : null));
}
