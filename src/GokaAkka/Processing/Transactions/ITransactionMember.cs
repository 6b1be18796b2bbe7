namespace GokaAkka.Processing.Transactions;

/// <summary>A partition as the rounds of its processor's transactions see it. Told by whoever drives the rounds.</summary>
interface ITransactionMember
{
    /// <summary>The partition, to name it in messages.</summary>
    int Partition { get; }

    /// <summary>An offset of one of its inputs that was committed when it began; null when there was none.</summary>
    TopicPartitionOffset? Start { get; }

    /// <summary>A transaction is open: process records and send, until <see cref="Hold"/>. Told once, first.</summary>
    /// <param name="sender">Sends into the transactions, until <see cref="RollBack"/>.</param>
    void Admit(IRecordSender sender);

    /// <summary>The transaction is about to end: begin nothing more, and answer with <see cref="TransactionRounds.CutReached"/>.</summary>
    void Hold();

    /// <summary>The transaction is committed, and the next one is open.</summary>
    void Go();

    /// <summary>The transaction is committed, and the partition that wanted to leave is no member any more.</summary>
    void Left();

    /// <summary>The transaction is not committed, nor will any be that the partition has a part in: start again from the committed state.</summary>
    void RollBack(Exception reason);
}
