namespace GokaAkka.Testing.Tests;

/// <summary>What a cooperative member's commit must do while partitions go, given a broker that takes one during a rebalance.</summary>
public abstract class CooperativeCommitContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    protected override RebalanceProtocol Rebalance => RebalanceProtocol.Cooperative;

    [Fact]
    public void What_is_committed_while_being_revoked_or_leaving_must_be_where_the_next_owner_starts_in_every_topic()
    {
        var topics = new[] { NewTopic(2), NewTopic(2) };
        foreach (var topic in topics)
        {
            Produce(topic, 0, ("a", "1"), ("b", "2"), ("c", "3"));
            Produce(topic, 1, ("a", "1"), ("b", "2"), ("c", "3"));
        }

        var first = OpenMember(Group, topics, "first");
        first.AwaitRecords(12);
        // An older one on its way must not be what counts in the end.
        first.Call(c => c.CommitInBackground([.. first.Assignment.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, 1))]));
        first.OnRevoked = (consumer, partitions) => consumer.Commit([.. partitions.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, 2))]);

        var second = OpenMember(Group, topics, "second");
        second.AwaitRecords(2);
        second.Records.ShouldAllBe(r => r.Offset == 2);
        second.Call(c => c.Commit([.. second.Assignment.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, 3))]));
        first.Close();
        second.AwaitRecords(4);

        second.AwaitAssignment(4);
        second.Records.Select(r => (r.Topic, r.Partition, r.Offset)).Distinct().Count().ShouldBe(4, second.ToString());
        second.Records.ShouldAllBe(r => r.Offset == 2, second.ToString());
        second.Events.ShouldNotContain(e => e.StartsWith("revoked"), "what it had stayed");
    }
}
