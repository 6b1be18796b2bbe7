using Akka.Configuration;

namespace GokaAkka.Actors;

/// <summary>Settings under <c>goka.processor.transaction</c>: they matter with exactly-once delivery alone.</summary>
public sealed record TransactionSettings
{
    /// <summary>How often a transaction is committed while records are processed.</summary>
    public required TimeSpan CommitInterval { get; init; }

    /// <summary>How long a transaction may stay open before the brokers abort it.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The transactional id; empty for one made of the group and a random part.</summary>
    public required string Id { get; init; }

    internal static TransactionSettings Read(SettingsSection transaction)
    {
        var settings = new TransactionSettings
        {
            CommitInterval = transaction.Duration("commit-interval"),
            Timeout = transaction.Duration("timeout"),
            Id = transaction.Text("id"),
        };
        return settings.CommitInterval < settings.Timeout ? settings : throw new ConfigurationException(
            $"{transaction.Name(transaction.Full("commit-interval"))} = '{transaction.Text("commit-interval")}': expected less than "
            + $"{transaction.Name(transaction.Full("timeout"))} ('{transaction.Text("timeout")}'), after which the brokers abort a transaction that is not committed.");
    }
}
