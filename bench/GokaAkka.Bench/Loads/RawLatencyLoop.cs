using Confluent.Kafka;

namespace GokaAkka.Bench.Loads;

/// <summary>
/// The same work by the plain client, as its users would write it: one thread reads, counts, writes the count and passes the value on, and commits. The settings are
/// those of GokaAkka where they decide latency or the number of requests.
/// </summary>
sealed class RawLatencyLoop : IDisposable
{
    static readonly TimeSpan TransactionInterval = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly LatencyTrial _trial;
    readonly IConsumer<byte[], byte[]> _consumer;
    readonly IProducer<byte[], byte[]> _producer;
    readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    readonly Dictionary<TopicPartition, Offset> _done = [];
    readonly Thread _thread;
    volatile bool _ends;

    public RawLatencyLoop(LatencyTrial trial, RequestCounts requests)
    {
        _trial = trial;
        _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
            {
                BootstrapServers = trial.Broker.Bootstrap, GroupId = trial.Group, AutoOffsetReset = AutoOffsetReset.Earliest, ConsumeResultFields = "none",
                EnableAutoOffsetStore = false, EnableAutoCommit = !trial.Scenario.IsExactlyOnce, AutoCommitIntervalMs = 200, FetchWaitMaxMs = 50,
                QueuedMinMessages = 1_000_000, QueuedMaxMessagesKbytes = 24576, SocketNagleDisable = true, StatisticsIntervalMs = RequestCounts.IntervalMs,
            })
            .SetLogHandler(static (_, _) => { }).SetStatisticsHandler((_, json) => requests.Add(json)).Build();
        _consumer.Assign(Enumerable.Range(0, trial.Scenario.Partitions).Select(p => new TopicPartitionOffset(trial.Input, p, Offset.Beginning)));
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
            {
                BootstrapServers = trial.Broker.Bootstrap, EnableIdempotence = true, Acks = Acks.All, LingerMs = 5, DeliveryReportFields = "none",
                TransactionalId = trial.Scenario.IsExactlyOnce ? trial.Group : null, SocketNagleDisable = true, StatisticsIntervalMs = RequestCounts.IntervalMs,
            })
            .SetLogHandler(static (_, _) => { }).SetStatisticsHandler((_, json) => requests.Add(json)).Build();
        if (trial.Scenario.IsExactlyOnce)
        {
            _producer.InitTransactions(Patience);
            _producer.BeginTransaction();
        }

        _thread = new Thread(Loop) { IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        _ends = true;
        _thread.Join();
        _producer.Dispose();
        _consumer.Dispose();
    }

    void Loop()
    {
        var committed = TimeProvider.System.GetTimestamp();
        while (!_ends)
        {
            if (_consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } record)
                Process(record);
            if (!_trial.Scenario.IsExactlyOnce || TimeProvider.System.GetElapsedTime(committed) < TransactionInterval)
                continue;
            committed = TimeProvider.System.GetTimestamp();
            Commit();
        }
    }

    void Process(ConsumeResult<byte[], byte[]> record)
    {
        var key = System.Text.Encoding.UTF8.GetString(record.Message.Key);
        var count = _counts[key] = _counts.GetValueOrDefault(key) + 1;
        _producer.Produce(new TopicPartition(_trial.Table, record.Partition), new Message<byte[], byte[]> { Key = record.Message.Key, Value = BitConverter.GetBytes(count) });
        _producer.Produce(new TopicPartition(_trial.Output, record.Partition), new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value });
        var input = new TopicPartition(_trial.Input, record.Partition);
        if (_trial.Scenario.IsExactlyOnce)
            _done[input] = record.Offset + 1;
        else
            _consumer.StoreOffset(new TopicPartitionOffset(input, record.Offset + 1));
    }

    void Commit()
    {
        if (_done.Count == 0)
            return;
        _producer.SendOffsetsToTransaction(_done.Select(static d => new TopicPartitionOffset(d.Key, d.Value)), _consumer.ConsumerGroupMetadata, Patience);
        _producer.CommitTransaction(Patience);
        _done.Clear();
        _producer.BeginTransaction();
    }
}
