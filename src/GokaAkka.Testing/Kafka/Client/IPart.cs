namespace GokaAkka.Testing;

/// <summary>A client of the in-memory cluster. All members are called under the gate.</summary>
internal interface IPart
{
    /// <summary>Where its thread waits.</summary>
    Parking Parking { get; }

    /// <summary>Whether a record appended there is of interest to it.</summary>
    bool Reads(TopicPartition partition) => false;

    /// <summary>Tells the group that it is alive, while its thread waits; for those that are in one.</summary>
    void Heartbeat()
    {
    }

    /// <summary>The brokers answer again. Its thread is woken anyway.</summary>
    void BrokersAreBack()
    {
    }
}
