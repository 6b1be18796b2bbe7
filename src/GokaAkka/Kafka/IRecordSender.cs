namespace GokaAkka.Kafka;

/// <summary>Where a partition's records go: the producer, as the core sees it.</summary>
public interface IRecordSender
{
    /// <summary>
    /// Sends a record to a given partition. Copies what it is given and never waits: the sender bounds what is not acknowledged. The order of sends to a
    /// partition is kept. The listener hears of each record exactly once, of those that are not delivered when the producer is disposed then.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="key">The key; never null on the wire.</param>
    /// <param name="value">The value; empty for a null one.</param>
    /// <param name="valueIsNull">Whether the value is null: a tombstone.</param>
    /// <param name="headers">The headers, or null for none.</param>
    /// <param name="timestamp">Milliseconds since the Unix epoch, or -1 to let the client take the time of sending.</param>
    /// <param name="listener">Hears of the delivery; null when nobody wants to.</param>
    /// <param name="token">Given back to the listener.</param>
    /// <exception cref="KafkaFaultException">The record was refused at once, too large for instance; the listener hears nothing then.</exception>
    void Send(
        string topic, int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, Headers? headers, long timestamp,
        IDeliveryListener? listener, int token);
}

/// <summary>Hears what became of records that were sent. Called on the producer's own thread: it must be quick and must not throw.</summary>
public interface IDeliveryListener
{
    /// <summary>A record is safe on the brokers, or is not.</summary>
    /// <param name="token">As given to <see cref="IRecordSender.Send"/>.</param>
    /// <param name="offset">The offset it got; meaningless with a fault.</param>
    /// <param name="fault">Null when it was delivered.</param>
    void Delivered(int token, long offset, KafkaFault? fault);
}

/// <summary>
/// A listener that does not need each record's offset: successes of consecutive records may be told in one call. Failures are told one by one.
/// </summary>
interface IRunListener : IDeliveryListener
{
    /// <summary>So many records are safe on the brokers.</summary>
    /// <param name="token">As given with each of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="lastOffset">The offset of the last one.</param>
    void Delivered(int token, int count, long lastOffset);
}
