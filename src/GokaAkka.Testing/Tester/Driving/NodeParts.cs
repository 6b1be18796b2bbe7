using GokaAkka.Actors;
using GokaAkka.Graph;
using GokaAkka.Kafka.Polling;
using GokaAkka.Storage;
using GokaAkka.Tables;

namespace GokaAkka.Testing;

/// <summary>What the partitions of a node share: made once for each life of the node.</summary>
sealed record NodeParts<TState>
{
    public required GroupGraph<TState> Graph { get; init; }

    public required ProcessorOptions Options { get; init; }

    public required GokaSettings Settings { get; init; }

    public required TesterBroker Broker { get; init; }

    public required NodeSender Sender { get; init; }

    public required IStorageProvider Storage { get; init; }

    public required TimeProvider Time { get; init; }

    public required int Partitions { get; init; }

    /// <summary>The most records of a partition in one batch.</summary>
    public required int BatchRecords { get; init; }

    /// <summary>Where continuations of callbacks go.</summary>
    public required PumpedContext Context { get; init; }

    /// <summary>Told the records passed over.</summary>
    public required Action<Processing.RecordException> Skipped { get; init; }

    /// <summary>Told the records dead-lettered.</summary>
    public required Action<Processing.RecordException> DeadLettered { get; init; }

    /// <summary>What happens to records that fail.</summary>
    public required Processing.ErrorPlan Errors { get; init; }

    public CommitBoard Board { get; } = new();

    public required LocalTables<TState> Tables { get; init; }

    /// <summary>The tables that callbacks look up, by topic.</summary>
    public Dictionary<string, LocalTables> Lookups { get; } = [];

    public ReplicaPlace Place => new(
        Broker, Storage, Math.Max(Settings.Table.CacheBytes / Partitions, Settings.Table.SmallestCache), Settings.Table.RestoreWriteBytes, BatchRecords);
}
