namespace GokaAkka.Testing.Simulation;

/// <summary>A process's producer: idempotent, acks=all, records of a partition in order, retried for as long as it takes.</summary>
sealed class SimProducer : IRecordSender
{
    /// <summary>Why a broker refuses a record for good.</summary>
    public static readonly KafkaFault Refusal = new("MsgSizeTooLarge", "the broker takes no record of this size", FaultKind.Record);

    readonly Dictionary<TopicPartition, ProducerLane> _lanes = [];

    readonly double _refused;

    public SimProducer(SimProcess process, SimCluster cluster, SimRandom random, double refused)
    {
        Process = process;
        Cluster = cluster;
        Random = random;
        _refused = refused;
        MaxInFlight = random.Between(1, 5);
        BatchRecords = random.Between(1, 12);
    }

    public SimProcess Process { get; }

    public SimCluster Cluster { get; }

    public SimRandom Random { get; }

    public int MaxInFlight { get; }

    public int BatchRecords { get; }

    /// <summary>The transactional id; null for a producer without transactions.</summary>
    public string? TransactionalId { get; init; }

    /// <summary>How long the brokers let a transaction be open.</summary>
    public TimeSpan? TransactionTimeout { get; init; }

    /// <summary>Whether what it sends belongs to transactions.</summary>
    public bool IsTransactional => TransactionalId is not null;

    /// <summary>What the brokers know a transactional producer by, once its transactions are initialised.</summary>
    public ProducerIdentity Identity { get; set; }

    /// <summary>Told when it is of no more use.</summary>
    public Action<KafkaFault>? Failed { get; set; }

    /// <summary>Whether records are still refused at random.</summary>
    public Func<bool> Refuses { get; init; } = static () => true;

    public void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        var target = new TopicPartition(topic, partition);
        var isRefused = Refuses() && Random.Chance(_refused);
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
        lane.Add(new Outgoing(record, listener, token, isRefused));
    }

    /// <summary>It is of no more use.</summary>
    public void Fail(ClusterError error) =>
        Failed?.Invoke(new KafkaFault(error.ToString(), "the producer is of no more use", FaultKind.Fatal));

    /// <summary>It is disposed: what it has not sent yet is never sent, and nobody hears of anything any more.</summary>
    public void Dispose()
    {
        Failed = null;
        foreach (var lane in _lanes.Values)
            lane.Dispose();
    }

    /// <summary>An identity to send under: a transactional producer's own, or one that the brokers are asked for until they answer.</summary>
    public void Identify(Action<ProducerIdentity> identified)
    {
        if (IsTransactional)
            identified(Identity);
        else
            Cluster.InitProducer(
                Process, null, null, answer => identified(answer.Identity),
                () => Process.After(Random.Milliseconds(10, 100), () => Identify(identified)));
    }
}
