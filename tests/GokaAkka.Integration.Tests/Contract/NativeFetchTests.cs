using Confluent.Kafka;
using GokaAkka.Kafka.Native;
using Error = Confluent.Kafka.Error;
using TopicPartition = GokaAkka.Kafka.TopicPartition;
using TopicPartitionOffset = GokaAkka.Kafka.TopicPartitionOffset;

namespace GokaAkka.Integration.Tests.Contract;

public sealed class NativeFetchTests
{
    const int Count = 20_000;

    [Fact]
    public async Task What_was_taken_of_a_partition_that_goes_in_the_same_call_must_not_be_handed_out()
    {
        await using var broker = Filled();
        NativeFetch? fetch = null;
        var dropped = 0;
        // The handlers are called by the one who takes, whenever there is something to tell: most often, how the client is doing.
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
            {
                BootstrapServers = broker.BootstrapServers, GroupId = "g", EnableAutoCommit = false, StatisticsIntervalMs = 1,
            })
            .SetStatisticsHandler((_, _) => fetch?.Drop([new TopicPartition("t", 0)]))
            .Build();
        consumer.Assign(new Confluent.Kafka.TopicPartitionOffset("t", 0, Offset.Beginning));
        using (fetch = NativeFetch.Open(consumer, new TopicNames()))
        {
            var sink = new Offsets();
            var clock = Stopwatch.StartNew();
            var taken = 0;
            for (var next = 0L; dropped == 0; next += taken)
            {
                clock.Elapsed.ShouldBeLessThan(Clients.Deadline, "no handler was called in the midst of a call");
                if (next == Count)
                {
                    consumer.Seek(new Confluent.Kafka.TopicPartitionOffset("t", 0, Offset.Beginning));
                    next = 0;
                }

                sink.Handed.Clear();
                taken = fetch.Take(TimeSpan.Zero, NativeFetch.Room, sink, sink);
                dropped = taken - sink.Handed.Count;
                sink.Handed.ShouldBe(Enumerable.Range(dropped, taken - dropped).Select(i => next + i));
            }
        }

        dropped.ShouldBeGreaterThan(0);
    }

    static EmbeddedBroker Filled()
    {
        var broker = EmbeddedBroker.Start();
        broker.CreateTopic("t", 1);
        using var producer = Clients.Producer(broker.BootstrapServers);
        for (var i = 0; i < Count; i++)
            producer.Produce("t", Clients.Message("k", $"{i}"));
        producer.Flush(Clients.Deadline);
        return broker;
    }

    sealed class Offsets : IRecordSink, IFetchEvents
    {
        public List<long> Handed { get; } = [];

        public void Add(
            string topic, int partition, long offset, long timestamp, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull,
            Records.Headers? headers) => Handed.Add(offset);

        public void AtEnd(string topic, int partition, long offset)
        {
            // Not asked for.
        }

        public void Failed(TopicPartitionOffset at, Error error) => throw new KafkaException(error);
    }
}
