using Confluent.Kafka;
using Headers = Confluent.Kafka.Headers;
using TopicPartition = Confluent.Kafka.TopicPartition;

namespace GokaAkka.Integration.Tests.Broker;

public sealed class BrokerRecordTests
{
    [Fact]
    public async Task Broker_must_give_back_keys_null_values_headers_and_timestamps_as_they_were_sent()
    {
        await using var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 1);
        var time = new DateTimeOffset(2024, 2, 29, 12, 30, 15, 123, TimeSpan.Zero);
        using (var producer = Clients.Producer(broker.BootstrapServers))
        {
            await producer.ProduceAsync("t", new Message<byte[], byte[]>
            {
                Key = [0, 255, 1],
                Value = [],
                Headers = new Headers { { "a", [7] }, { "a", [8] }, { "none", null } },
                Timestamp = new Timestamp(time),
            });
            await producer.ProduceAsync("t", new Message<byte[], byte[]> { Key = Clients.Bytes("gone")!, Value = null! });
            await producer.ProduceAsync("t", new Message<byte[], byte[]> { Key = null!, Value = Clients.Bytes("no key")! });
        }

        var records = Clients.Read(broker.BootstrapServers, "t", 3);

        records.Select(r => r.Offset.Value).ShouldBe([0, 1, 2]);
        records[0].Message.Key.ShouldBe([0, 255, 1]);
        records[0].Message.Value.ShouldBeEmpty();
        records[0].Message.Timestamp.UnixTimestampMs.ShouldBe(time.ToUnixTimeMilliseconds());
        records[0].Message.Headers.Select(h => (h.Key, h.GetValueBytes()?[0])).ShouldBe([("a", (byte)7), ("a", (byte)8), ("none", null)]);
        Clients.Text(records[1].Message.Key).ShouldBe("gone");
        records[1].Message.Value.ShouldBeNull();
        records[2].Message.Key.ShouldBeNull();
        Clients.Text(records[2].Message.Value).ShouldBe("no key");
    }

    [Fact]
    public async Task Brokers_side_by_side_must_not_see_each_others_topics_and_records()
    {
        await using var one = EmbeddedBroker.Start();
        await using var other = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Brokers = 3 });
        one.CreateTopic("t", 1);
        other.CreateTopic("t", 2);
        one.BootstrapServers.ShouldNotBe(other.BootstrapServers);
        other.BootstrapServers.Split(',').Length.ShouldBe(3);

        using (var producer = Clients.Producer(one.BootstrapServers))
            await producer.ProduceAsync(new TopicPartition("t", 0), Clients.Message("k", "of one"));
        using (var producer = Clients.Producer(other.BootstrapServers))
            await producer.ProduceAsync(new TopicPartition("t", 0), Clients.Message("k", "of other"));

        Clients.Text(Clients.Read(one.BootstrapServers, "t", 1)[0].Message.Value).ShouldBe("of one");
        Clients.Text(Clients.Read(other.BootstrapServers, "t", 1)[0].Message.Value).ShouldBe("of other");
        one.Topics.ShouldBe(new Dictionary<string, int> { ["t"] = 1 });
        other.Topics.ShouldBe(new Dictionary<string, int> { ["t"] = 2 });
    }
}
