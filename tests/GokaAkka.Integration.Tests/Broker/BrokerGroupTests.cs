using Confluent.Kafka;
using TopicPartition = Confluent.Kafka.TopicPartition;
using TopicPartitionOffset = Confluent.Kafka.TopicPartitionOffset;

namespace GokaAkka.Integration.Tests.Broker;

public sealed class BrokerGroupTests
{
    const int Partitions = 4;
    const int PerPartition = 25;

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task Two_members_must_share_the_partitions_and_read_every_record_once(GroupProtocol protocol)
    {
        await using var broker = Started();
        using var first = Clients.Consumer(broker.BootstrapServers, "readers", protocol);
        using var second = Clients.Consumer(broker.BootstrapServers, "readers", protocol);
        first.Subscribe("t");
        second.Subscribe("t");
        var seen = new List<(string Member, TopicPartitionOffset At)>();
        // Nothing is there to be read before both have their share: one that joins alone has all partitions until the other one comes.
        ConsumeUntil(() => first.Assignment.Count == 2 && second.Assignment.Count == 2);
        await Fill(broker);

        ConsumeUntil(() => seen.Count >= Partitions * PerPartition);

        (first.Assignment.Count, second.Assignment.Count).ShouldBe((2, 2));
        seen.Select(s => s.At).Distinct().Count().ShouldBe(Partitions * PerPartition);
        seen.Count.ShouldBe(Partitions * PerPartition, "no record is read twice");
        seen.GroupBy(s => s.Member).Select(g => g.Count()).ShouldBe([2 * PerPartition, 2 * PerPartition]);
        first.Close();
        second.Close();

        void ConsumeUntil(Func<bool> condition)
        {
            for (var clock = Stopwatch.StartNew(); !condition() && clock.Elapsed < Clients.Deadline;)
            {
                foreach (var (name, member) in new[] { ("first", first), ("second", second) })
                {
                    if (member.Consume(10) is { } record)
                        seen.Add((name, record.TopicPartitionOffset));
                }
            }
        }
    }

    [Fact]
    public void A_group_must_wait_for_more_members_as_long_as_the_initial_delay_says()
    {
        var delay = TimeSpan.FromSeconds(1.5);
        using var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { InitialRebalanceDelay = delay });
        broker.CreateTopic("t", Partitions);
        using var member = Clients.Consumer(broker.BootstrapServers, "readers");
        var clock = Stopwatch.StartNew();

        for (member.Subscribe("t"); member.Assignment.Count < Partitions;)
        {
            clock.Elapsed.ShouldBeLessThan(Clients.Deadline);
            member.Consume(10);
        }

        clock.Elapsed.ShouldBeGreaterThan(delay * 0.9);
    }

    [Fact]
    public async Task Committed_offsets_must_outlive_the_members_and_a_move_of_the_coordinator()
    {
        await using var broker = Started(brokers: 2);
        await Fill(broker);
        var partition = new TopicPartition("t", 1);
        using (var member = Clients.Consumer(broker.BootstrapServers, "g"))
            member.Commit([new TopicPartitionOffset(partition, 17)]);

        foreach (var coordinator in new[] { 1, 2 })
        {
            broker.MoveCoordinator("g", coordinator);
            using var later = Clients.Consumer(broker.BootstrapServers, "g");
            later.Committed([partition], Clients.Deadline).Single().Offset.Value.ShouldBe(17, $"coordinated by broker {coordinator}");
        }
    }

    static EmbeddedBroker Started(int brokers = 1)
    {
        var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Brokers = brokers });
        broker.CreateTopic("t", Partitions);
        return broker;
    }

    static async Task Fill(EmbeddedBroker broker)
    {
        using var producer = Clients.Producer(broker.BootstrapServers);
        await Task.WhenAll(Enumerable.Range(0, Partitions * PerPartition).Select(
            i => producer.ProduceAsync(new TopicPartition("t", i % Partitions), Clients.Message($"k{i}", $"v{i}"))));
    }
}
