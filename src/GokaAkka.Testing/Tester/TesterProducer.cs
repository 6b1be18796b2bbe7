namespace GokaAkka.Testing;

/// <summary>The producer of an emitter: each record it sends is processed by all who read it before the call returns, unless a callback calls.</summary>
sealed class TesterProducer(TesterEngine engine, NodeSender sender) : IRecordProducer
{
    /// <summary>Never raised: faults are told record by record.</summary>
    public event Action<KafkaFault>? Failed
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        if (engine.IsInside || !engine.IsBusy)
        {
            sender.Send(topic, partition, key, value, valueIsNull, headers, timestamp, listener, token);
            if (!engine.IsInside)
                engine.Settle();
            return;
        }

        // Work that a callback has left to another thread: it goes on with the tester's, in the order in which it comes.
        var (keyBytes, valueBytes) = (key.ToArray(), value.ToArray());
        engine.Context.Post(
            _ => sender.Send(topic, partition, keyBytes, valueBytes, valueIsNull, headers, timestamp, listener, token), null);
    }

    /// <inheritdoc/>
    public bool Flush(TimeSpan timeout)
    {
        if (!engine.IsBusy)
            engine.Settle();
        return sender.Untold == 0;
    }

    /// <inheritdoc/>
    public void InitTransactions(TimeSpan timeout) => throw NotTransactional();

    /// <inheritdoc/>
    public void BeginTransaction() => throw NotTransactional();

    /// <inheritdoc/>
    public void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IGroupMembership membership, TimeSpan timeout) =>
        throw NotTransactional();

    /// <inheritdoc/>
    public void CommitTransaction(TimeSpan timeout) => throw NotTransactional();

    /// <inheritdoc/>
    public void AbortTransaction(TimeSpan timeout) => throw NotTransactional();

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    static InvalidOperationException NotTransactional() => new("The producer of an emitter has no transactions.");
}
