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
    readonly Dictionary<string, int> _partitionCounts = new(StringComparer.Ordinal);
    readonly Thread _thread;
    ProducerIdentity _identity;
    KafkaFault? _failure;
    volatile bool _isDisposed;

    public MemoryProducer(ClusterHost host, ProducerOptions options)
    {
        _host = host;
        _options = options;
        _outstanding = new Outstanding(host.Options.Time, host.Options.SendBufferRecords);
        _deliveries = new DeliveryQueue(host.Plan);
        Parking = new Parking(host.Options.Time);
        if (options.TransactionalId is null)
        {
            lock (host.Gate)
                _identity = host.Cluster.InitProducer();
        }

        host.Add(this);
        _thread = new Thread(Run) { IsBackground = true, Name = $"in-memory producer {options.ClientId}" };
        _thread.Start();
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
                "MsgSizeTooLarge", $"the record has {size} bytes of key and value; at most {_host.Options.MaxRecordBytes} are allowed", FaultKind.Permanent));
        }

        var record = new NewRecord(timestamp < 0 ? _host.Cluster.UnixTime : timestamp, key.ToArray(), valueIsNull ? null : value.ToArray(), headers);
        // A listener that sends while the buffer is full would wait for itself.
        var entered = _outstanding.Enter(mayWait: Thread.CurrentThread != _thread);
        lock (_host.Gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_failure is not null || !entered || !MaySend)
            {
                if (entered)
                    _outstanding.Leave();
                throw Failure($"send to {topic}[{partition}]", _failure ?? NotInTransaction);
            }

            _queue.Enqueue(new Outgoing(new TopicPartition(topic, partition), record, listener, token));
            Parking.Wake();
        }
    }

    public bool Flush(TimeSpan timeout) => _outstanding.WaitEmpty(timeout);

    public int PartitionCount(string topic)
    {
        var what = $"learn the partition count of '{topic}'";
        if (!_host.WaitUntil(_host.Options.RequestTimeout, () => !_host.IsDown || _partitionCounts.ContainsKey(topic)))
            throw Failure(what, Faults.BrokersDown);
        lock (_host.Gate)
        {
            if (_host.Cluster.Topic(topic) is { } found && !_host.IsDown)
                _partitionCounts[topic] = found.Partitions;
            else if (!_host.IsDown)
                _partitionCounts.Remove(topic);
            if (_partitionCounts.TryGetValue(topic, out var partitions))
                return partitions;
        }

        throw Failure(what, Faults.UnknownPartition(new TopicPartition(topic, 0), null));
    }

    /// <summary>What is not written yet is never written, what is not acknowledged yet is never told.</summary>
    public void Dispose()
    {
        lock (_host.Gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            Parking.Wake();
        }

        _outstanding.Shut();
        _host.Remove(this);
    }

    KafkaFaultException Failure(string what, KafkaFault fault) => new($"Producer '{_options.ClientId}' could not {what}", fault);
}
