namespace GokaAkka.Testing.Tests;

/// <summary>What a commit while partitions are being revoked must do, given a broker that takes one during a rebalance.</summary>
public abstract class RevokedCommitContract(IKafkaClient? client = null) : KafkaClientContract(client)
{
    [Fact]
    public void What_is_committed_while_being_revoked_must_be_where_the_next_owner_starts()
    {
        var first = OpenAssigned(WideTopic, 2, "first");
        Produce(WideTopic, 0, ("a", "1"), ("b", "2"), ("c", "3"));
        Produce(WideTopic, 1, ("a", "1"), ("b", "2"), ("c", "3"));
        first.AwaitRecords(6);
        first.OnRevoked = (consumer, partitions) => consumer.Commit([.. partitions.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, 2))]);

        var second = OpenMember(Group, [WideTopic], "second");

        second.AwaitRecords(1);
        second.Records.Single().Offset.ShouldBe(2);
    }
}
