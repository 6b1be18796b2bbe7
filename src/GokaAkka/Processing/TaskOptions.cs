using GokaAkka.Tracing;

namespace GokaAkka.Processing;

/// <summary>Settings of a partition's task.</summary>
/// <param name="Partitioner">Places emitted records.</param>
/// <param name="Errors">What to do with records that fail.</param>
sealed record TaskOptions(IPartitioner Partitioner, ErrorPlan Errors)
{
    /// <summary>The partition count of a topic that is written to: known from the start, for a task waits for no broker.</summary>
    public required Func<string, int> PartitionCount { get; init; }

    /// <summary>How many bytes may be sent and not acknowledged before no further record is begun.</summary>
    public long InFlightBytes { get; init; } = long.MaxValue;

    /// <summary>The table's partition count, to notice keys that belong elsewhere; 0 not to look.</summary>
    public int Partitions { get; init; }

    /// <summary>
    /// Whether what is sent is part of transactions: the task stops for their ends (<see cref="PartitionTask{TState}.Hold"/>), and what depends
    /// on their outcome waits for it.
    /// </summary>
    public bool IsTransactional { get; init; }

    /// <summary>Whether table records are held back until <see cref="PartitionTask{TState}.SendCoalesced"/>, which sends the last value of each key.</summary>
    public bool IsCoalescing { get; init; }

    /// <summary>Whether the partition may be another's by now: nothing is sent any more then.</summary>
    public Func<bool> IsLost { get; init; } = static () => false;

    /// <summary>While it is expired nothing is sent until it is known whether the partition is lost.</summary>
    public MembershipLease Lease { get; init; } = MembershipLease.Endless;

    /// <summary>Counts what is sent.</summary>
    public SentCounters Sent { get; init; } = new();

    /// <summary>Takes down how long batches take; null for nobody.</summary>
    public IBatchTimings? Timings { get; init; }

    /// <summary>What becomes of traces.</summary>
    public TracingMode Tracing { get; init; }

    /// <summary>The tables of others that callbacks read.</summary>
    public TableSet Tables { get; init; } = TableSet.Empty;

    /// <summary>Told of values of tables that cannot be read and are taken for absent. On any thread.</summary>
    public Action<TableValueException> Unreadable { get; init; } = static _ => { };

    /// <summary>Headers of every record written.</summary>
    public Headers DefaultHeaders { get; init; } = Headers.Empty;
}
