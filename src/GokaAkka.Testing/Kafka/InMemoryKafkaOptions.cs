namespace GokaAkka.Testing;

/// <summary>How an <see cref="InMemoryKafka"/> behaves. The defaults suit tests that run on real time.</summary>
public sealed record InMemoryKafkaOptions
{
    /// <summary>The clock of everything: record times, time-outs, sessions.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Number of brokers, the most replicas a topic may ask for.</summary>
    public int Brokers { get; init; } = 3;

    /// <summary>Replica count of topics that ask for none.</summary>
    public int DefaultReplicas { get; init; } = 1;

    /// <summary>A group member that does not poll for so long is dropped. Kafka's <c>max.poll.interval.ms</c>.</summary>
    public TimeSpan MaxPollInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A rebalance waits so long for members to give up their partitions; those that have not are dropped.</summary>
    public TimeSpan RebalanceTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Calls without a time-out of their own fail when no broker answers for so long.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A transaction open for longer is aborted and its producer fenced.</summary>
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Records with more key and value bytes are refused at once.</summary>
    public int MaxRecordBytes { get; init; } = 1_000_000;

    /// <summary>Most records in one batch of a table reader.</summary>
    public int TableBatchRecords { get; init; } = 1_000;
}
