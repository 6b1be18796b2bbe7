namespace GokaAkka.Testing;

/// <summary>
/// A producer on the in-memory cluster. <see cref="Send"/> only queues; a thread of the producer's own writes to the logs and calls the listeners.
/// </summary>
internal sealed partial class MemoryProducer : IRecordProducer, IPart
{
    // Acknowledgements are told in between, so that nobody waits for the end of a long queue.
    const int WrittenAtOnce = 256;

    readonly ClusterHost _host;
    readonly ProducerOptions _options;
    readonly Outstanding _outstanding;
    readonly Queue<Outgoing> _queue = new();
    readonly DeliveryQueue _deliveries;
    readonly Dictionary<TopicPartition, int> _sequences = [];
    ProducerIdentity _identity;
    KafkaFault? _failure;
    volatile bool _isDisposed;

    public MemoryProducer(ClusterHost host, ProducerOptions options)
    {
        _host = host;
        _options = options;
        _outstanding = new Outstanding(host.Options.Time);
        _deliveries = new DeliveryQueue(host.Plan);
        Parking = new Parking(host.Options.Time);
        if (options.TransactionalId is null)
        {
            lock (host.Gate)
                _identity = host.Cluster.InitProducer();
        }

        host.Add(this);
        new Thread(Run) { IsBackground = true, Name = $"in-memory producer {options.ClientId}" }.Start();
    }

    public event Action<KafkaFault>? Failed;

    public Parking Parking { get; }

    public void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        var size = key.Length + value.Length;
        if (size > _host.Options.MaxRecordBytes)
        {
            throw Failure($"send to {topic}[{partition}]", new KafkaFault(
                "MsgSizeTooLarge", $"the record has {size} bytes of key and value; at most {_host.Options.MaxRecordBytes} are allowed", FaultKind.Record));
        }

        var record = new NewRecord(timestamp < 0 ? _host.Cluster.UnixTime : timestamp, key.ToArray(), valueIsNull ? null : value.ToArray(), headers);
        lock (_host.Gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_failure is not null || !MaySend)
                throw Failure($"send to {topic}[{partition}]", _failure ?? NotInTransaction);
            _outstanding.Enter();
            _queue.Enqueue(new Outgoing(new TopicPartition(topic, partition), record, listener, token));
            Parking.Wake();
        }
    }

    public bool Flush(TimeSpan timeout) => _outstanding.WaitEmpty(timeout);

    /// <summary>What is not written yet is never written; its thread tells that, and what is not acknowledged, as not delivered, and ends.</summary>
    public void Dispose()
    {
        lock (_host.Gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            Parking.Wake();
        }

        _host.Remove(this);
    }

    KafkaFaultException Failure(string what, KafkaFault fault) => new($"Producer '{_options.ClientId}' could not {what}", fault);
}
