namespace GokaAkka.Kafka;

/// <summary>
/// An idempotent producer with acks=all: records of one partition keep their order, and none is sent twice. Safe for concurrent use. Disposing it
/// returns at once: calls under way end by themselves, and the client is let go then.
/// </summary>
public interface IRecordProducer : IRecordSender, IDisposable
{
    /// <summary>Waits until everything sent so far is delivered or has failed.</summary>
    /// <returns>False when <paramref name="timeout"/> ended first.</returns>
    bool Flush(TimeSpan timeout);

    /// <summary>Fences earlier producers of this transactional id. Transactional producers only, as are those below; call once, first.</summary>
    void InitTransactions(TimeSpan timeout);

    /// <summary>Opens a transaction; what is sent from now on belongs to it.</summary>
    void BeginTransaction();

    /// <summary>Makes these consumed offsets part of the open transaction.</summary>
    void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IGroupMembership membership, TimeSpan timeout);

    /// <summary>Delivers everything sent and commits.</summary>
    /// <exception cref="KafkaFaultException">Not committed, or not known to be: see <see cref="FaultKind"/>.</exception>
    void CommitTransaction(TimeSpan timeout);

    /// <summary>Aborts the open transaction.</summary>
    void AbortTransaction(TimeSpan timeout);

    /// <summary>Raised once, on a client thread, when the producer is of no more use.</summary>
    event Action<KafkaFault>? Failed;
}
