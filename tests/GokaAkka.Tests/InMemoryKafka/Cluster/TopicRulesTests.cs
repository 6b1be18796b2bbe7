namespace GokaAkka.Testing.Tests;

public sealed class TopicRulesTests
{
    readonly KafkaCluster _cluster = new(new ManualTime(), brokers: 3);

    [Theory]
    [InlineData("", 1, null, "delete", nameof(ClusterError.TopicException))]
    [InlineData("a b", 1, null, "delete", nameof(ClusterError.TopicException))]
    [InlineData("..", 1, null, "delete", nameof(ClusterError.TopicException))]
    [InlineData("t", 0, null, "delete", nameof(ClusterError.InvalidPartitions))]
    [InlineData("t", 1, 4, "delete", nameof(ClusterError.InvalidReplicationFactor))]
    [InlineData("t", 1, 3, "keep", nameof(ClusterError.InvalidConfig))]
    [InlineData("t", 1, 3, "compact", nameof(ClusterError.None))]
    public void A_topic_must_be_refused_for_what_brokers_refuse(string name, int partitions, int? replicas, string policy, string expected)
    {
        var error = _cluster.CreateTopic(
            new TopicSpec(name, partitions, replicas, new Dictionary<string, string> { ["cleanup.policy"] = policy }), out var reason);

        error.ToString().ShouldBe(expected);
        (reason.Length > 0).ShouldBe(error != ClusterError.None);
    }

    [Fact]
    public void A_topic_that_exists_must_not_be_made_again()
    {
        _cluster.CreateTopic(new TopicSpec("t", 1), out _);

        _cluster.CreateTopic(new TopicSpec("t", 1), out _).ShouldBe(ClusterError.TopicAlreadyExists);
    }

    [Fact]
    public void Retention_must_be_applied_to_topics_that_have_one()
    {
        var time = new ManualTime();
        var cluster = new KafkaCluster(time);
        Make("short", "delete");
        Make("table", "compact");
        foreach (var topic in new[] { "short", "table" })
            cluster.Append(new TopicPartition(topic, 0), LogFixture.Record("k", "v", timestamp: -1), out _);
        time.Advance(TimeSpan.FromMilliseconds(1001));

        cluster.ApplyRetention("short");
        cluster.ApplyRetention("table");

        cluster.Topic("short")!.Log(0)!.LogStart.ShouldBe(1);
        cluster.Topic("table")!.Log(0)!.LogStart.ShouldBe(0);

        void Make(string topic, string policy) => cluster.CreateTopic(
            new TopicSpec(topic, 1, Settings: new Dictionary<string, string> { ["cleanup.policy"] = policy, ["retention.ms"] = "1000" }), out _);
    }
}
