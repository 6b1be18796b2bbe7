namespace GokaAkka.Kafka;

/// <summary>
/// Reads table partitions from given offsets and follows them, with a consumer and a thread of its own, so that no amount of restoring holds
/// up a group. Partitions come and go at any time; read_committed. Safe for concurrent use.
/// </summary>
public interface ITableReader : IDisposable
{
    /// <summary>
    /// Reads a partition from an offset on until the subscription is disposed. The listener is called on the reader's thread, one call at a
    /// time. When <paramref name="fromOffset"/> is not kept any more the read starts at the first offset that is.
    /// </summary>
    ITableSubscription Subscribe(string topic, int partition, long fromOffset, ITableListener listener);

    /// <summary>
    /// Asks the leaders of a topic's partitions where they end now, read_committed, over the connections that its records come by: an answer
    /// shows that those are alive also when there is nothing to read. One request per broker, whatever the number of partitions.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">Its partition count.</param>
    /// <param name="timeout">How long an answer may take. Disposing the reader gives a question up, though perhaps not at once.</param>
    /// <returns>The end of each partition, by number.</returns>
    /// <exception cref="KafkaFaultException">Not every partition was answered for in time.</exception>
    /// <exception cref="ObjectDisposedException">The reader is disposed.</exception>
    Task<IReadOnlyList<long>> Ends(string topic, int partitions, TimeSpan timeout);
}

/// <summary>One partition being read.</summary>
public interface ITableSubscription : IDisposable
{
    /// <summary>
    /// Allows this many more batches. A new subscription has none allowed: back-pressure is the listener's to give.
    /// </summary>
    void Request(int batches);
}

/// <summary>Takes what a table reader reads.</summary>
public interface ITableListener
{
    /// <summary>The next records. The listener owns the batch and disposes it.</summary>
    void Read(RecordBatch batch);

    /// <summary>
    /// The read has reached the end of the partition, whatever stands there (a record, a transaction's marker, a compacted gap).
    /// Called each time it does, after the records before it.
    /// </summary>
    /// <param name="nextOffset">The high watermark at that moment.</param>
    void ReachedEnd(long nextOffset);

    /// <summary>Something went wrong. A retriable fault is for logs and health: the read goes on by itself. After any other, nothing more comes.</summary>
    void Faulted(KafkaFault fault);
}
