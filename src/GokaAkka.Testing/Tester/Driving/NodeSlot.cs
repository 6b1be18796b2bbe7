using GokaAkka.Actors;

namespace GokaAkka.Testing;

/// <summary>A partition that a node has or had: what outlives its restarts.</summary>
sealed class NodeSlot<TState>(int partition, int inputs, ProcessorSettings settings)
{
    public int Partition { get; } = partition;

    public PartitionStatus Status { get; } = new(partition);

    public RestartBackoff Backoff { get; } =
        new(settings.MinBackoff, settings.MaxBackoff, settings.MaxRestarts, settings.RestartsWithin);

    /// <summary>Pauses after failures that brokers cause, which end by themselves: there is no end to them.</summary>
    public RestartBackoff Outages { get; } = new(settings.MinBackoff, settings.MaxBackoff, int.MaxValue, settings.RestartsWithin);

    /// <summary>Whether it is the node's own.</summary>
    public bool IsAssigned { get; set; }

    /// <summary>The partition at work; one that has ended stays until the next begins.</summary>
    public PartitionDriver<TState>? Driver { get; set; }

    /// <summary>When it starts again, on the cluster's clock; null when it need not.</summary>
    public TimeSpan? RestartsAt { get; set; }

    /// <summary>The next offset to read, by input.</summary>
    public long[] Positions { get; } = new long[inputs];

    /// <summary>The first offset read in this assignment, by input.</summary>
    public long[] Firsts { get; } = new long[inputs];

    /// <summary>When waiting for something ends by itself.</summary>
    public TimeSpan Deadline
    {
        get
        {
            var ends = Driver?.GivesUpAt ?? TimeSpan.MaxValue;
            return RestartsAt is { } restart && restart < ends ? restart : ends;
        }
    }

    /// <summary>It is the node's own from now on.</summary>
    public void Begin(int generation)
    {
        IsAssigned = true;
        RestartsAt = null;
        Status.Generation = generation;
    }
}
