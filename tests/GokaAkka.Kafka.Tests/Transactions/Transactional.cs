using Confluent.Kafka;
using TopicPartition = Confluent.Kafka.TopicPartition;

namespace GokaAkka.RealKafka.Transactions;

/// <summary>A plain transactional producer, as somebody else's program has it, with its first transaction open.</summary>
sealed class Transactional : IDisposable
{
    readonly IProducer<byte[], byte[]> _producer;

    public Transactional(string id)
    {
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = KafkaRun.Bootstrap, TransactionalId = id, LingerMs = 0 })
            .SetLogHandler(static (_, _) => { }).Build();
        _producer.InitTransactions(Clients.Deadline);
        _producer.BeginTransaction();
    }

    /// <summary>Writes to partition 0 of a topic and waits until the brokers have it.</summary>
    public Transactional Write(string topic, params (string Key, string Value)[] records)
    {
        foreach (var (key, value) in records)
            _producer.Produce(new TopicPartition(topic, 0), new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = Encoding.UTF8.GetBytes(value) });
        _producer.Flush(Clients.Deadline).ShouldBe(0);
        return this;
    }

    public void End(bool commits)
    {
        if (commits)
            _producer.CommitTransaction(Clients.Deadline);
        else
            _producer.AbortTransaction(Clients.Deadline);
    }

    public void Dispose() => _producer.Dispose();
}
