using System.Diagnostics;
using Confluent.Kafka;
using GokaAkka.Testing;

namespace GokaAkka.Integration.Tests.Broker;

public sealed class BrokerGroupTests
{
    const int Partitions = 4;
    const int PerPartition = 25;

    [Fact]
    public async Task Two_members_must_share_the_partitions_and_read_every_record_once()
    {
        await using var broker = await Filled();
        using var first = Clients.Consumer(broker.BootstrapServers, "readers");
        using var second = Clients.Consumer(broker.BootstrapServers, "readers");
        first.Subscribe("t");
        second.Subscribe("t");

        var seen = new List<(string Member, TopicPartitionOffset At)>();
        var clock = Stopwatch.StartNew();
        while (seen.Count < Partitions * PerPartition && clock.Elapsed < Clients.Deadline)
        {
            foreach (var (name, member) in new[] { ("first", first), ("second", second) })
            {
                if (member.Consume(10) is { } record)
                    seen.Add((name, record.TopicPartitionOffset));
            }
        }

        first.Assignment.Count.ShouldBe(2);
        second.Assignment.Count.ShouldBe(2);
        seen.Select(s => s.At).Distinct().Count().ShouldBe(Partitions * PerPartition);
        seen.Count.ShouldBe(Partitions * PerPartition, "no record is read twice");
        seen.GroupBy(s => s.Member).Select(g => g.Count()).ShouldBe([2 * PerPartition, 2 * PerPartition]);
        first.Close();
        second.Close();
    }

    [Fact]
    public async Task Committed_offsets_must_outlive_the_members_and_a_move_of_the_coordinator()
    {
        await using var broker = await Filled(brokers: 2);
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

    static async Task<EmbeddedBroker> Filled(int brokers = 1)
    {
        var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Brokers = brokers });
        broker.CreateTopic("t", Partitions);
        using var producer = Clients.Producer(broker.BootstrapServers);
        await Task.WhenAll(Enumerable.Range(0, Partitions * PerPartition).Select(
            i => producer.ProduceAsync(new TopicPartition("t", i % Partitions), Clients.Message($"k{i}", $"v{i}"))));
        return broker;
    }
}
