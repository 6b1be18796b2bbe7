using Akka.Actor;
using GokaAkka.Cluster;
using GokaAkka.Kafka.Polling;
using GokaAkka.Queries;
using GokaAkka.Runtime;

namespace GokaAkka.Actors;

/// <summary>What a processor's actors share: made once, immutable.</summary>
sealed record ProcessorContext<TState>
{
    public required GroupGraph<TState> Graph { get; init; }

    public required ProcessorOptions Options { get; init; }

    public required GokaSettings Settings { get; init; }

    public required IKafkaClient Kafka { get; init; }

    public required IPartitioner Partitioner { get; init; }

    /// <summary>Opens local stores; asked for the first time when a table is there to be stored.</summary>
    public required Lazy<IStorageProvider> Storage { get; init; }

    public required NodeRuntime Runtime { get; init; }

    public TimeProvider Time => Runtime.Time;

    /// <summary>Takes down how long batches take.</summary>
    public required IBatchTimings Timings { get; init; }

    public bool IsTransactional => (Options.Delivery ?? Settings.Processor.Delivery) == Delivery.ExactlyOnce;

    /// <summary>How long table records are held back; zero for not at all.</summary>
    public TimeSpan CoalesceInterval => Options.CoalesceInterval ?? Settings.Processor.CoalesceInterval ?? TimeSpan.Zero;

    /// <summary>Where the views of looked-up tables are made known.</summary>
    public required RunningViews Views { get; init; }

    public required ProcessorStatus Status { get; init; }

    public required LocalTables<TState> Tables { get; init; }

    /// <summary>The partitions of the group table that this node keeps to take them over: complete ones, for reads that allow it.</summary>
    public required LocalTables<TState> Standbys { get; init; }

    /// <summary>Whether a partition that this node does not have is one that it keeps ready; null for not to be said yet. Without a cluster, each is.</summary>
    public Func<int, bool?> KeepsStandby { get; init; } = static _ => true;

    /// <summary>What the other nodes are told of its partitions.</summary>
    public required GroupClaims Claims { get; init; }

    /// <summary>Whether other nodes can be asked for what is not here.</summary>
    public bool IsInCluster { get; init; }

    /// <summary>Reads the group table wherever it is; null for a stateless group.</summary>
    public TableQueries<TState>? Queries { get; init; }

    /// <summary>What happens to records that fail.</summary>
    public required ErrorPlan Errors { get; init; }

    /// <summary>Hears of each record that was passed over, with the topic it was dead-lettered to, or null.</summary>
    public Action<RecordException, string?>? PassedOver { get; init; }

    /// <summary>What becomes of values of its table that the codec cannot read.</summary>
    public required UnreadableValues Unreadable { get; init; }

    /// <summary>The tables that callbacks look up, by topic: filled before the first partition starts.</summary>
    public Dictionary<string, LocalTables> Lookups { get; } = [];
}

/// <summary>The connections of a running processor.</summary>
/// <param name="Poller">The group's polling thread.</param>
/// <param name="Producer">Sends what partitions write; null with transactions, whose producers come and go.</param>
/// <param name="Transactions">The actor of the processor's transactions, or null.</param>
/// <param name="Home">Where tables are read from and kept.</param>
/// <param name="Counts">The partition counts of its topics.</param>
sealed record ProcessorConnections(
    GroupPoller Poller, IRecordProducer? Producer, IActorRef? Transactions, TableHome Home, IReadOnlyDictionary<string, int> Counts)
{
    public int Partitions => Home.Partitions;

    /// <summary>The partition count of a topic that is written to.</summary>
    public int Count(string topic) => Counts[topic];
}
