using Akka.Actor;
using GokaAkka.Kafka.Polling;

namespace GokaAkka.Actors;

/// <summary>A partition as its processor's actor sees it: the actor that runs it, and the assignment that waits for that actor to be gone.</summary>
sealed class PartitionSlot(int partition, PartitionStatus status, RestartBackoff backoff, Persistence persistence)
{
    public int Partition { get; } = partition;

    public PartitionStatus Status { get; } = status;

    public RestartBackoff Backoff { get; } = backoff;

    /// <summary>Starts that brokers prevented.</summary>
    public Persistence Persistence { get; } = persistence;

    /// <summary>The actor, until it has terminated.</summary>
    public IActorRef? Actor { get; set; }

    /// <summary>Its tables, open or not: used by the actor or by the standby, whichever there is.</summary>
    public KeptTables Tables { get; } = new();

    /// <summary>The actor that keeps it ready while another node has it, until it has terminated.</summary>
    public IActorRef? Standby { get; set; }

    /// <summary>Whether that one has come up to its changelogs.</summary>
    public bool IsStandbyReady { get; set; }

    /// <summary>The assignment it runs under, or waits for.</summary>
    public PartitionFlow[]? Flows { get; set; }

    /// <summary>Whether the actor is on its way out.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Whether it processes records.</summary>
    public bool IsReady { get; set; }

    /// <summary>When it became ready last, on the clock's timestamps.</summary>
    public long ReadyAt { get; set; }

    /// <summary>How many records it had processed then.</summary>
    public long ProcessedBefore { get; set; }

    /// <summary>
    /// What prevented it is over once it gets on, or has run for long: that it has started does not show it, for what had failed may be about to be tried
    /// again, and where there is nothing to be tried no record shows it.
    /// </summary>
    public void Settle(TimeProvider time, TimeSpan trial)
    {
        if (IsReady && (Status.Processed > ProcessedBefore || time.GetElapsedTime(ReadyAt) > trial))
            Persistence.Succeeded();
    }

    public bool IsAssigned => Flows is not null;
}
