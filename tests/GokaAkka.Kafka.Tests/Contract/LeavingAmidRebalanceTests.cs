using Confluent.Kafka;
using TopicPartitionOffset = GokaAkka.Kafka.TopicPartitionOffset;

namespace GokaAkka.RealKafka.Contract;

using Cluster = Integration.Tests.Contract.Cluster;

/// <summary>Members that leave while their group is about to rebalance, which their clients know already and they themselves do not.</summary>
public sealed class LeavingAmidRebalanceTests(Cluster cluster) : KafkaClientContract, IClassFixture<Cluster>
{
    const int Rounds = 5;

    // Of a rebalance a client is told with the next heartbeat.
    protected override IKafkaClient Client { get; } = cluster.ClientWith(consumer: new Dictionary<string, string> { ["heartbeat.interval.ms"] = "1" });

    [Theory]
    [InlineData(RebalanceProtocol.Eager, 2)]
    [InlineData(RebalanceProtocol.Cooperative, 0)]
    public void A_member_must_leave_in_time_and_what_an_eager_one_commits_be_where_the_next_owner_starts(RebalanceProtocol rebalance, long commits)
    {
        Produce(Topic, 0, ("a", "1"), ("b", "2"), ("c", "3"));
        using var admin = Clients.Admin(Client.Description);
        for (var round = 0; round < Rounds; round++)
        {
            var group = Unique("group");
            var first = Join("first");
            first.AwaitRecords(3);
            // A cooperative one's client joins again by itself meanwhile, and a commit may be overtaken by the next generation.
            if (commits > 0)
                first.OnRevoked = (consumer, _) => consumer.Commit([new TopicPartitionOffset(Topic, 0, commits)]);
            PollingMember? second = null;

            first.Close(before: () =>
            {
                second = Join("second");
                SpinWait.SpinUntil(BothAreMembers, Patience).ShouldBeTrue();
            });

            second!.AwaitRecords(1);
            second.Records[0].Offset.ShouldBe(commits, $"round {round}");
            second.Close();

            PollingMember Join(string name) => Open(new PollingMember(Client.CreateGroupConsumer(new GroupConsumerOptions(group, name, Rebalance: rebalance)), [Topic], Patience));

            bool BothAreMembers() => admin.DescribeConsumerGroupsAsync([group]).GetAwaiter().GetResult().ConsumerGroupDescriptions.Single().Members.Count == 2;
        }
    }
}
