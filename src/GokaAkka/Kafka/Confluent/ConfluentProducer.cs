using System.Collections.Concurrent;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>An idempotent, perhaps transactional producer on Confluent.Kafka's.</summary>
sealed class ConfluentProducer : IRecordProducer
{
    static readonly byte[] Empty = [];

    readonly IProducer<byte[], byte[]> _producer;
    readonly ConcurrentDictionary<string, int> _partitions = new();
    readonly KafkaSettings _settings;
    int _failed;
    volatile bool _disposed;

    public ConfluentProducer(Dictionary<string, string> config, KafkaSettings settings)
    {
        _settings = settings;
        _producer = new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler(static (_, _) => { })
            .Build();
    }

    public event Action<KafkaFault>? Failed;

    public void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Records.Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        var message = new Message<byte[], byte[]>
        {
            Key = key.Length == 0 ? Empty : key.ToArray(),
            Value = valueIsNull ? null! : value.ToArray(),
            Headers = HeadersOf(headers),
            Timestamp = timestamp < 0 ? Timestamp.Default : new Timestamp(timestamp, TimestampType.CreateTime),
        };
        var target = new global::Confluent.Kafka.TopicPartition(topic, partition);
        Action<DeliveryReport<byte[], byte[]>>? report = listener is null ? null : new Report(listener, token).Delivered;
        for (var wait = new SpinWait(); ; wait.SpinOnce())
        {
            try
            {
                _producer.Produce(target, message, report);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull && !_disposed)
            {
                // The client's own thread empties the queue; this one has nothing better to do than to wait for it.
            }
            catch (KafkaException e)
            {
                throw Faults.Exception($"A record to {topic}[{partition}] was refused", e);
            }
        }
    }

    public int PartitionCount(string topic) => _partitions.GetOrAdd(topic, AskPartitionCount);

    public bool Flush(TimeSpan timeout) => _producer.Flush(timeout) == 0;

    public void InitTransactions(TimeSpan timeout) => Try("Initializing transactions", () => _producer.InitTransactions(timeout));

    public void BeginTransaction() => Try("Beginning a transaction", _producer.BeginTransaction);

    public void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IGroupMembership membership, TimeSpan timeout) =>
        Try("Adding offsets to the transaction", () => _producer.SendOffsetsToTransaction(
            offsets.Select(o => new global::Confluent.Kafka.TopicPartitionOffset(o.Topic, o.Partition, o.Offset)),
            ((ConfluentMembership)membership).Metadata, timeout));

    public void CommitTransaction(TimeSpan timeout) => Try("Committing the transaction", () => _producer.CommitTransaction(timeout));

    public void AbortTransaction(TimeSpan timeout) => Try("Aborting the transaction", () => _producer.AbortTransaction(timeout));

    public void Dispose()
    {
        _disposed = true;
        _producer.Dispose();
    }

    int AskPartitionCount(string topic)
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        var found = TopicMetadata.Find(admin, [topic], _settings);
        return found.TryGetValue(topic, out var description)
            ? description.Partitions
            : throw new KafkaFaultException(
                $"Topic '{topic}' on {_settings.BootstrapServers}", new KafkaFault("UnknownTopicOrPart", "it does not exist", FaultKind.Permanent));
    }

    void OnError(Error error)
    {
        if (error.IsFatal && Interlocked.Exchange(ref _failed, 1) == 0)
            Failed?.Invoke(Faults.From(error));
    }

    static global::Confluent.Kafka.Headers? HeadersOf(Records.Headers? headers)
    {
        if (headers is null || headers.Count == 0)
            return null;
        var theirs = new global::Confluent.Kafka.Headers();
        foreach (var header in headers)
            theirs.Add(header.Name, header.Value.ToArray());
        return theirs;
    }

    static void Try(string what, Action action)
    {
        try
        {
            action();
        }
        catch (KafkaTxnRequiresAbortException e)
        {
            throw new KafkaFaultException(what + " failed", Faults.From(e.Error) with { Kind = FaultKind.AbortsTransaction }, e);
        }
        catch (KafkaRetriableException e)
        {
            throw new KafkaFaultException(what + " failed", Faults.From(e.Error) with { Kind = FaultKind.Retriable }, e);
        }
        catch (KafkaException e)
        {
            throw Faults.Exception(what + " failed", e);
        }
    }

    sealed class Report(IDeliveryListener listener, int token)
    {
        public void Delivered(DeliveryReport<byte[], byte[]> report) =>
            listener.Delivered(token, report.Offset.Value, report.Error.IsError ? Faults.From(report.Error) : null);
    }
}
