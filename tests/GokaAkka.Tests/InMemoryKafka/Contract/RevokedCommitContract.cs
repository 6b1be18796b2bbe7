namespace GokaAkka.Testing.Tests;

/// <summary>What a commit while partitions are being revoked must do, given a broker that takes one during a rebalance.</summary>
public abstract class RevokedCommitContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    [Fact]
    public void What_is_committed_while_being_revoked_must_be_where_the_next_owner_starts()
    {
        var topic = NewTopic(2);
        var group = Unique("group");
        var first = OpenMember(group, [topic], "first");
        first.AwaitAssignment(2);
        Produce(topic, 0, ("a", "1"), ("b", "2"), ("c", "3"));
        Produce(topic, 1, ("a", "1"), ("b", "2"), ("c", "3"));
        first.AwaitRecords(6);
        first.OnRevoked = (consumer, partitions) => consumer.Commit([.. partitions.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, 2))]);

        var second = OpenMember(group, [topic], "second");

        second.AwaitRecords(1);
        second.Records.Single().Offset.ShouldBe(2);
    }
}
