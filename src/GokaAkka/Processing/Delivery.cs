namespace GokaAkka.Processing;

/// <summary>What a processor promises of each input record's effects: its changes of the table, what it emits and loops back.</summary>
public enum Delivery
{
    /// <summary>They are never lost; after a crash or a failure those of records that were not committed yet happen again. The default, as in goka.</summary>
    AtLeastOnce,

    /// <summary>
    /// They happen once for everyone who reads read_committed: effects and consumed offsets are one Kafka transaction (KIP-98, KIP-447). What a
    /// callback does outside of Kafka may still happen again.
    /// </summary>
    ExactlyOnce,
}
