using GokaAkka.Kafka;

namespace GokaAkka.Integration.Tests.Tool;

/// <summary>Where groups read on, told and set through the real client.</summary>
public sealed class GroupOffsetsTests
{
    [Fact]
    public async Task Offsets_of_a_group_without_members_must_be_set_and_told()
    {
        using var cluster = new Contract.Cluster();
        cluster.Broker.CreateTopic("in", 2);
        var offsets = cluster.Client.ShouldBeAssignableTo<IGroupOffsets>()!;

        (await offsets.Committed("g", [new TopicPartition("in", 0)])).ShouldBeEmpty();
        await offsets.Set("g", [new TopicPartitionOffset("in", 0, 7), new TopicPartitionOffset("in", 1, 0)]);

        (await offsets.Committed("g", [new TopicPartition("in", 0), new TopicPartition("in", 1)])).ShouldBe(
            [new TopicPartitionOffset("in", 0, 7), new TopicPartitionOffset("in", 1, 0)]);
    }
}
