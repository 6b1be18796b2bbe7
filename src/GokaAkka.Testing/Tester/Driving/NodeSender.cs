namespace GokaAkka.Testing;

/// <summary>
/// A node's producer: writes at once and tells of it later, in order per partition, when <see cref="Deliver"/> is called. Used by one thread.
/// </summary>
sealed class NodeSender(TesterBroker broker) : IRecordSender
{
    List<Outcome> _untold = [];
    List<Outcome> _spare = [];

    /// <summary>Records whose acknowledgement has not been told yet, because it is held back.</summary>
    public int Untold => _untold.Count;

    /// <inheritdoc/>
    public void Send(
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
        ?? throw new KafkaFaultException("Could not send", Testing.Faults.UnknownPartition(new TopicPartition(topic, 0), null));

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
            if (outcome.Fault is null && broker.MustWait(outcome.Target))
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

    readonly record struct Outcome(TopicPartition Target, IDeliveryListener Listener, int Token, long Offset, KafkaFault? Fault);
}
