namespace GokaAkka.Testing;

/// <summary>The producer of an emitter: each record it sends is processed by all who read it before the call returns, unless a callback calls.</summary>
sealed class TesterProducer(TesterEngine engine) : TesterSender(engine.Broker)
{
    public override void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
        IDeliveryListener? listener, int token)
    {
        if (engine.IsInside || !engine.IsBusy)
        {
            base.Send(topic, partition, key, value, valueIsNull, headers, timestamp, listener, token);
            if (!engine.IsInside)
                engine.Settle();
            return;
        }

        // Work that a callback has left to another thread: it goes on with the tester's, in the order in which it comes.
        var (keyBytes, valueBytes) = (key.ToArray(), value.ToArray());
        engine.Context.Post(
            _ => base.Send(topic, partition, keyBytes, valueBytes, valueIsNull, headers, timestamp, listener, token), null);
    }

    public override bool Flush(TimeSpan timeout)
    {
        if (!engine.IsBusy)
            engine.Settle();
        return base.Flush(timeout);
    }
}
