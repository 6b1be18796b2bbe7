namespace GokaAkka.Testing;

/// <summary>
/// A producer: writes at once and tells of it later, in order per partition, when <see cref="Deliver"/> is called. Used by one thread at a time.
/// </summary>
class TesterSender(TesterBroker broker) : IRecordProducer
{
    List<Outcome> _untold = [];
    List<Outcome> _spare = [];

    /// <summary>Never raised: faults are told record by record.</summary>
    public event Action<KafkaFault>? Failed
    {
        add { }
        remove { }
    }

    public virtual void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        var target = new TopicPartition(topic, partition);
        var fault = broker.Faults.TakeSendFault(target);
        var offset = fault is null ? broker.Append(topic, partition, key, value, valueIsNull, headers, timestamp) : -1;
        if (listener is not null)
            _untold.Add(new Outcome(target, listener, token, offset, fault));
    }

    public int PartitionCount(string topic) => broker.Cluster.Topic(topic)?.Partitions
        ?? throw new KafkaFaultException("Could not send", Faults.UnknownPartition(new TopicPartition(topic, 0), null));

    /// <summary>Tells what may be told. False when there was nothing.</summary>
    public bool Deliver()
    {
        if (_untold.Count == 0)
            return false;
        // Listeners may send.
        var outcomes = _untold;
        _untold = _spare;
        var told = 0;
        foreach (var outcome in outcomes)
        {
            // A record that was not written has nothing to be acknowledged.
            if (outcome.Fault is null && broker.Faults.MustWait(outcome.Target))
            {
                _untold.Add(outcome);
                continue;
            }

            told++;
            outcome.Listener.Delivered(outcome.Token, outcome.Offset, outcome.Fault);
        }

        outcomes.Clear();
        _spare = outcomes;
        return told > 0;
    }

    /// <summary>The process is gone: nobody is told anything any more.</summary>
    public void Drop() => _untold.Clear();

    public virtual bool Flush(TimeSpan timeout) => _untold.Count == 0;

    public void InitTransactions(TimeSpan timeout) => throw NotTransactional();

    public void BeginTransaction() => throw NotTransactional();

    public void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IGroupMembership membership, TimeSpan timeout) =>
        throw NotTransactional();

    public void CommitTransaction(TimeSpan timeout) => throw NotTransactional();

    public void AbortTransaction(TimeSpan timeout) => throw NotTransactional();

    public void Dispose()
    {
        var fault = new KafkaFault("Local_Destroy", "the producer is closed", FaultKind.Retriable);
        var outcomes = _untold;
        _untold = [];
        outcomes.ForEach(o => o.Listener.Delivered(o.Token, -1, fault));
    }

    static InvalidOperationException NotTransactional() => new("A tester's producers have no transactions.");

    readonly record struct Outcome(TopicPartition Target, IDeliveryListener Listener, int Token, long Offset, KafkaFault? Fault);
}
