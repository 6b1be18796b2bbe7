using Confluent.Kafka;

namespace GokaAkka.Bench.Cases;

/// <summary>
/// The plain client as its users would write it for speed: the fewest fields, byte arrays, one thread, idempotent, acks=all, every error seen.
/// Its settings are those GokaAkka uses, where they matter: a queue that does not stall, no Nagle.
/// </summary>
static class RawClient
{
    const int PollEvery = 256;

    static readonly TimeSpan Wait = TimeSpan.FromSeconds(3);

    public static Measured Consume(CaseRun run)
    {
        using var consumer = Consumer(run);
        Meter? meter = null;
        for (var records = 0; records < run.Scenario.Records;)
        {
            if (consumer.Consume(Wait) is null)
                continue;
            meter ??= Meter.Start();
            records++;
        }

        return meter!.Stop(run.Scenario.Records);
    }

    public static Measured Loop(CaseRun run)
    {
        var output = run.Topic(run.Own("out")).GetAwaiter().GetResult();
        using var consumer = Consumer(run);
        using var producer = new Sender(run, output);
        Meter? meter = null;
        for (var records = 0; records < run.Scenario.Records;)
        {
            if (consumer.Consume(Wait) is not { } result)
                continue;
            meter ??= Meter.Start();
            producer.Send(result.Partition.Value, result.Message.Key, result.Message.Value);
            records++;
        }

        producer.Finish();
        return meter!.Stop(run.Scenario.Records);
    }

    public static Measured Produce(CaseRun run)
    {
        var output = run.Topic(run.Own("out")).GetAwaiter().GetResult();
        using var producer = new Sender(run, output);
        var value = new byte[run.Scenario.ValueSize];
        var meter = Meter.Start();
        for (var i = 0; i < run.Scenario.Records; i++)
        {
            var key = Dataset.Key(Dataset.KeyOf(run.Scenario, i));
            producer.Send(Kafka.Partitioners.Fnv1a.Partition(key, run.Scenario.Partitions), key, value);
        }

        producer.Finish();
        return meter.Stop(run.Scenario.Records);
    }

    static IConsumer<byte[], byte[]> Consumer(CaseRun run)
    {
        var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
            {
                BootstrapServers = run.Broker.Bootstrap, GroupId = run.Own("raw"), EnableAutoCommit = false, ConsumeResultFields = "none",
                QueuedMinMessages = 1_000_000, QueuedMaxMessagesKbytes = 65536, FetchWaitMaxMs = 50, SocketNagleDisable = true,
            })
            .SetErrorHandler(static (_, error) => Console.Error.WriteLine($"raw consumer: {error.Reason}"))
            .SetLogHandler(static (_, _) => { })
            .Build();
        consumer.Assign(Enumerable.Range(0, run.Scenario.Partitions).Select(p => new TopicPartitionOffset(run.Input, p, Offset.Beginning)));
        return consumer;
    }

    sealed class Sender : IDisposable
    {
        static readonly Headers NoHeaders = [];

        readonly IProducer<byte[], byte[]> _producer;
        readonly Action<DeliveryReport<byte[], byte[]>> _delivered;
        readonly TopicPartition[] _targets;
        long _sent;
        long _acknowledged;

        public Sender(CaseRun run, string topic)
        {
            var config = new ProducerConfig
            {
                BootstrapServers = run.Broker.Bootstrap, EnableIdempotence = true, Acks = Acks.All, DeliveryReportFields = "none", LingerMs = 5,
                EnableBackgroundPoll = false, SocketNagleDisable = true,
            };
            _producer = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler(static (_, _) => { }).Build();
            _delivered = Delivered;
            _targets = [.. Enumerable.Range(0, run.Scenario.Partitions).Select(p => new TopicPartition(topic, p))];
        }

        public void Send(int partition, byte[] key, byte[] value)
        {
            var message = new Message<byte[], byte[]> { Key = key, Value = value, Headers = NoHeaders };
            while (!TrySend(_targets[partition], message))
                _producer.Poll(TimeSpan.FromMilliseconds(5));
            if (++_sent % PollEvery == 0)
                _producer.Poll(TimeSpan.Zero);
        }

        public void Finish()
        {
            while (_acknowledged < _sent)
                _producer.Poll(TimeSpan.FromMilliseconds(100));
        }

        public void Dispose() => _producer.Dispose();

        bool TrySend(TopicPartition target, Message<byte[], byte[]> message)
        {
            try
            {
                _producer.Produce(target, message, _delivered);
                return true;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                return false;
            }
        }

        void Delivered(DeliveryReport<byte[], byte[]> report)
        {
            if (report.Error.IsError)
                throw new KafkaException(report.Error);
            _acknowledged++;
        }
    }
}
