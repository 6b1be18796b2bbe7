using System.Collections.Concurrent;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// An idempotent, perhaps transactional producer on Confluent.Kafka's. One thread of its own serves the delivery reports: so they come in
/// the order of sending, one at a time, which the client's background thread and its Flush together would not give. The same thread ends
/// the native client, once no other is in a call of it.
/// </summary>
sealed class ConfluentProducer : IRecordProducer
{
    static readonly byte[] Empty = [];
    static readonly global::Confluent.Kafka.Headers NoHeaders = [];
    static readonly TimeSpan RoomTimeout = TimeSpan.FromMilliseconds(5);
    static readonly TimeSpan ServeTimeout = TimeSpan.FromMilliseconds(100);

    readonly IProducer<Outgoing, byte[]> _producer;
    readonly Action<DeliveryReport<Outgoing, byte[]>> _delivered;
    readonly ConcurrentDictionary<string, int> _partitions = new();
    readonly KafkaSettings _settings;
    readonly LastError _lastError = new();
    readonly CallGate _gate = new();
    readonly object _idle = new();
    readonly Thread _thread;
    long _inFlight;
    int _waitingForRoom;
    int _failed;
    volatile bool _disposed;

    public ConfluentProducer(Dictionary<string, string> config, KafkaSettings settings)
    {
        _settings = settings;
        _delivered = Delivered;
        _producer = new ProducerBuilder<Outgoing, byte[]>(config)
            .SetKeySerializer(new OutgoingKey())
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler(static (_, _) => { })
            .Build();
        _thread = new Thread(Serve) { Name = "goka-produce-" + config["client.id"], IsBackground = true };
        _thread.Start();
    }

    public event Action<KafkaFault>? Failed;

    public void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Records.Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        var message = new Message<Outgoing, byte[]>
        {
            Key = new Outgoing(key.Length == 0 ? Empty : key.ToArray(), listener, token),
            Value = valueIsNull ? null! : value.ToArray(),
            Headers = HeadersOf(headers),
            Timestamp = timestamp < 0 ? Timestamp.Default : new Timestamp(timestamp, TimestampType.CreateTime),
        };
        var target = new global::Confluent.Kafka.TopicPartition(topic, partition);
        _gate.Enter(this);
        try
        {
            Produce(target, message);
        }
        finally
        {
            _gate.Leave();
        }
    }

    public int PartitionCount(string topic)
    {
        if (_partitions.TryGetValue(topic, out var known))
            return known;
        _gate.Enter(this);
        try
        {
            return _partitions[topic] = AskPartitionCount(topic);
        }
        finally
        {
            _gate.Leave();
        }
    }

    public bool Flush(TimeSpan timeout)
    {
        var started = TimeProvider.System.GetTimestamp();
        lock (_idle)
        {
            while (Interlocked.Read(ref _inFlight) > 0)
            {
                if (_disposed)
                    return false;
                var left = timeout - TimeProvider.System.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_idle, left))
                    return Interlocked.Read(ref _inFlight) == 0;
            }
        }

        return true;
    }

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
        lock (_idle)
            Monitor.PulseAll(_idle);
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    void Serve()
    {
        while (!_disposed)
            _producer.Poll(ServeTimeout);
        _gate.Close();
        _producer.Dispose();
    }

    void Produce(global::Confluent.Kafka.TopicPartition target, Message<Outgoing, byte[]> message)
    {
        Interlocked.Increment(ref _inFlight);
        while (true)
        {
            try
            {
                // Every record has a report: one without would fail in silence.
                _producer.Produce(target, message, _delivered);
                return;
            }
            catch (ProduceException<Outgoing, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull && !_disposed)
            {
                WaitForRoom();
            }
            catch (KafkaException e)
            {
                Landed();
                ObjectDisposedException.ThrowIf(_disposed, this);
                throw Faults.Exception($"A record to {target.Topic}[{target.Partition.Value}] was refused", e);
            }
        }
    }

    void Delivered(DeliveryReport<Outgoing, byte[]> report)
    {
        var record = report.Message.Key;
        try
        {
            record.Listener?.Delivered(record.Token, report.Offset.Value, report.Error.IsError ? Faults.From(report.Error) : null);
        }
        catch (Exception e)
        {
            Fail(new KafkaFault("Local_Application", $"a delivery listener threw: {e}", FaultKind.Fatal));
        }

        Landed();
    }

    void Landed()
    {
        var left = Interlocked.Decrement(ref _inFlight);
        if (left > 0 && Volatile.Read(ref _waitingForRoom) == 0)
            return;
        lock (_idle)
            Monitor.PulseAll(_idle);
    }

    void WaitForRoom()
    {
        Interlocked.Increment(ref _waitingForRoom);
        // The time-out only guards against a pulse between the refusal and the wait.
        lock (_idle)
            Monitor.Wait(_idle, RoomTimeout);
        Interlocked.Decrement(ref _waitingForRoom);
    }

    int AskPartitionCount(string topic)
    {
        using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
        var found = TopicMetadata.Find(admin, [topic], _settings, _lastError);
        return found.TryGetValue(topic, out var description)
            ? description.Partitions
            : throw new KafkaFaultException(
                $"Topic '{topic}' on {_settings.BootstrapServers}", new KafkaFault("UnknownTopicOrPart", "it does not exist", FaultKind.Permanent));
    }

    void OnError(Error error)
    {
        _lastError.Note(error);
        if (error.IsFatal)
            Fail(Faults.From(error));
    }

    void Fail(KafkaFault fault)
    {
        if (Interlocked.Exchange(ref _failed, 1) == 0)
            Failed?.Invoke(fault);
    }

    static global::Confluent.Kafka.Headers HeadersOf(Records.Headers? headers)
    {
        if (headers is null || headers.Count == 0)
            return NoHeaders;
        var theirs = new global::Confluent.Kafka.Headers();
        foreach (var header in headers)
            theirs.Add(header.Name, header.Value.ToArray());
        return theirs;
    }

    void Try(string what, Action action)
    {
        _gate.Enter(this);
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
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>A record's key, and who hears of its delivery: the report gives the key back, so one handler serves all.</summary>
    readonly record struct Outgoing(byte[] Key, IDeliveryListener? Listener, int Token);

    sealed class OutgoingKey : ISerializer<Outgoing>
    {
        public byte[] Serialize(Outgoing data, SerializationContext context) => data.Key;
    }
}
