namespace GokaAkka.Testing;

/// <summary>How a <see cref="Tester"/> runs. What is not said is as <c>reference.conf</c> says.</summary>
public sealed record TesterOptions
{
    /// <summary>Partitions of the topics the tester makes. goka's tester has one.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>Where the virtual clock starts; 2000-01-01 UTC by default.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>Places keys on partitions; goka's fnv1a by default.</summary>
    public IPartitioner? Partitioner { get; init; }

    /// <summary>Where inputs without a committed offset start; the earliest by default.</summary>
    public StartOffset? StartOffset { get; init; }

    /// <summary>What happens to records that fail, where their input does not say; a restart of the partition by default.</summary>
    public ErrorPolicies? OnError { get; init; }

    /// <summary>Restarts of a partition before its processor fails; 10 by default. Pauses between them pass on the virtual clock.</summary>
    public int? MaxRestarts { get; init; }

    /// <summary>
    /// Whether tables are flushed to their stores each time everything has settled; if not, only <see cref="Tester.Flush"/> does it, and a
    /// node that crashes finds its store as it was then.
    /// </summary>
    public bool FlushWhenSettled { get; init; } = true;

    /// <summary>The most records of an input's partition that are handed over at once; matters to batch callbacks. 100 by default.</summary>
    public int BatchRecords { get; init; } = 100;

    /// <summary>Records that may be processed before everything has to have settled. A graph that exceeds it is taken for an endless loop.</summary>
    public int SettleRecords { get; init; } = 100_000;

    /// <summary>How long, in real time, callbacks are waited for that wait for something outside of the tester. Waiting for its clock takes no time.</summary>
    public TimeSpan CallbackPatience { get; init; } = TimeSpan.FromSeconds(10);
}
