namespace GokaAkka.Processing.Transactions;

/// <summary>Does for the rounds what takes time. Every answer comes on the thread, or in the turn, that drives the rounds.</summary>
interface ITransactionHost
{
    /// <summary>
    /// Disposes the producer there is, makes a new one of the same transactional id, which fences it and ends what it left undecided, and
    /// opens a transaction. Tries until it has: <see cref="TransactionRounds.Opened"/>. Nothing asked for before is answered any more.
    /// </summary>
    void Open();

    /// <summary>Calls <see cref="TransactionRounds.RoundDue"/> after the commit interval.</summary>
    void ScheduleRound();

    /// <summary>The partitions are coming to a stop. Calls <see cref="TransactionRounds.CutOverdue"/> if that takes as long as a transaction may.</summary>
    void AwaitCut();

    /// <summary>
    /// Commits the transaction with these offsets and opens the next one: <see cref="TransactionRounds.Committed"/>. If that fails, or it is not
    /// known whether it did: <see cref="TransactionRounds.Failed"/>.
    /// </summary>
    void Commit(IReadOnlyList<TopicPartitionOffset> offsets);
}
