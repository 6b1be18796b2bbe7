namespace GokaAkka.Integration.Tests.Tool;

/// <summary>Where groups read on, told and set through the real client.</summary>
public sealed class GroupOffsetsTests
{
    [Fact]
    public async Task Offsets_of_a_group_without_members_must_be_set_and_told()
    {
        using var cluster = new Contract.Cluster();
        using var topics = cluster.Client.CreateTopicManager();
        var (topic, group) = (KafkaClientContract.Unique("in"), KafkaClientContract.Unique("group"));
        await topics.Create(new TopicSpec(topic, 2));
        var offsets = cluster.Client.ShouldBeAssignableTo<IGroupOffsets>()!;

        (await offsets.Committed(group, [new TopicPartition(topic, 0)])).ShouldBeEmpty();
        await offsets.Set(group, [new TopicPartitionOffset(topic, 0, 7), new TopicPartitionOffset(topic, 1, 0)]);

        (await offsets.Committed(group, [new TopicPartition(topic, 0), new TopicPartition(topic, 1)])).ShouldBe(
            [new TopicPartitionOffset(topic, 0, 7), new TopicPartitionOffset(topic, 1, 0)]);
    }
}
