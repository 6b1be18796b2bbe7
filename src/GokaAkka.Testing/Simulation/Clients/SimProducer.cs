namespace GokaAkka.Testing.Simulation;

/// <summary>A process's producer: idempotent, acks=all, records of a partition in order, retried for as long as it takes.</summary>
sealed partial class SimProducer : IRecordProducer
{
    /// <summary>Why a broker refuses a record for good.</summary>
    public static readonly KafkaFault Refusal = new("MsgSizeTooLarge", "the broker takes no record of this size", FaultKind.Record);

    readonly SimWorld _world;
    readonly ProducerOptions _options;
    readonly Func<SimConsumer?> _member;
    readonly Dictionary<TopicPartition, ProducerLane> _lanes = [];
    bool _isDisposed;

    public SimProducer(SimWorld world, SimProcess process, ProducerOptions options, Func<SimConsumer?> member)
    {
        _member = member;
        _world = world;
        _options = options;
        Process = process;
        MaxInFlight = Random.Between(1, 5);
        BatchRecords = Random.Between(1, 12);
    }

    /// <inheritdoc/>
    public event Action<KafkaFault>? Failed;

    public SimProcess Process { get; }

    public SimCluster Cluster => _world.Cluster;

    public SimRandom Random => _world.Random;

    public int MaxInFlight { get; }

    public int BatchRecords { get; }

    /// <summary>Whether what it sends belongs to transactions.</summary>
    public bool IsTransactional => _options.TransactionalId is not null;

    /// <summary>Whether deliveries are told that a defect does not tell.</summary>
    public bool Tells => !_world.Mutations.Has(Mutation.LosesAcknowledgements) || !Random.Chance(0.02);

    public void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        if (!Process.IsAlive || _isDisposed)
            return;
        var target = new TopicPartition(topic, partition);
        if (!IsTransactional && _member() is { IsUnproved: true })
            _world.Violate($"I12: {Process.Name} sends to {target}, having stood still for longer than its session, before it has asked whether it has partitions still");
        var isRefused = _world.IsChaotic && Random.Chance(_world.Settings.Refused);
        var record = new NewRecord(timestamp, key.ToArray(), valueIsNull ? null : value.ToArray(), headers);
        if (isRefused)
        {
            Cluster.Faults.Add(Fault.RecordRefused);
            Cluster.Witness.Refused(target, record);
        }

        // Half of them are refused by the client at once, the rest by the broker later.
        if (isRefused && Random.Chance(0.5))
            throw new KafkaFaultException($"Could not send to {target}", Refusal);
        if (!_lanes.TryGetValue(target, out var lane))
            _lanes[target] = lane = new ProducerLane(this, target);
        if (_world.Mutations.Has(Mutation.AcknowledgesBeforeItIsWritten) && topic == Names.Table)
        {
            listener?.Delivered(token, Cluster.State.Log(target)!.HighWatermark, null);
            listener = null;
        }

        lane.Add(new Outgoing(record, listener, token, isRefused));
    }

    public bool Flush(TimeSpan timeout) => Process.Wait(() => _lanes.Values.All(static l => l.Count == 0), timeout);

    /// <summary>It is of no more use.</summary>
    public void Fail(ClusterError error) => Process.After(
        TimeSpan.Zero, () => Failed?.Invoke(new KafkaFault(error.ToString(), "the producer is of no more use", FaultKind.Fatal)));

    /// <summary>What it has not sent yet is never sent; whoever waits for a delivery hears that there is none, unless the process is gone.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        Failed = null;
        foreach (var lane in _lanes.Values)
            lane.Dispose();
    }

    /// <summary>An identity to send under: a transactional producer's own, or one that the brokers are asked for until they answer.</summary>
    public void Identify(Action<ProducerIdentity> identified)
    {
        if (IsTransactional)
            identified(_identity);
        else
            Cluster.InitProducer(
                Process, null, null, answer => identified(answer.Identity),
                () => Process.After(Random.Milliseconds(10, 100), () => Identify(identified)));
    }
}
