namespace GokaAkka.Processing.Transactions;

/// <summary>A transaction was not committed, or nobody knows whether it was. Its partitions start again from what the brokers say is committed.</summary>
public sealed class TransactionException : Exception
{
    internal TransactionException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
