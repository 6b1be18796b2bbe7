namespace GokaAkka.Testing.Simulation;

/// <summary>A process's producer: idempotent, acks=all, records of a partition in order, retried for as long as it takes.</summary>
sealed partial class SimProducer(
    SimWorld world, SimProcess process, ProducerOptions options, Func<SimConsumer?> member) : IRecordProducer
{
    /// <summary>Why a broker refuses a record for good.</summary>
    public static readonly KafkaFault Refusal = new("MsgSizeTooLarge", "the broker takes no record of this size", FaultKind.Record);

    readonly Dictionary<TopicPartition, ProducerLane> _lanes = [];
    bool _isDisposed;

    public event Action<KafkaFault>? Failed;

    public SimProcess Process { get; } = process;

    public SimCluster Cluster => world.Cluster;

    public SimRandom Random => world.Random;

    public int MaxInFlight { get; } = world.Random.Between(1, 5);

    public int BatchRecords { get; } = world.Random.Between(1, 12);

    /// <summary>Whether what it sends belongs to transactions.</summary>
    public bool IsTransactional => options.TransactionalId is not null;

    /// <summary>Whether deliveries are told that a defect does not tell.</summary>
    public bool Tells => !world.Mutations.Has(Mutation.LosesAcknowledgements) || !Random.Chance(0.02);

    public void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        if (!Process.IsAlive || _isDisposed)
            return;
        var target = new TopicPartition(topic, partition);
        if (!IsTransactional && member() is { IsUnproved: true })
            world.Violate($"I12: {Process.Name} sends to {target}, having stood still for longer than its session, before it has asked whether it has partitions still");
        var isRefused = world.IsChaotic && Random.Chance(world.Settings.Refused);
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
        if (world.Mutations.Has(Mutation.AcknowledgesBeforeItIsWritten) && topic == Names.Table)
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
