namespace GokaAkka.Kafka.Polling;

/// <summary>Hears what the polling thread of a processor meets. Called on that thread.</summary>
interface IPollListener
{
    /// <summary>These partitions are ours, each under its generation. They take no records until they are opened.</summary>
    void Assigned(IReadOnlyList<PartitionFlow> flows);

    /// <summary>These partitions go. The task ends when they have drained and posted what may be committed, or have given up.</summary>
    Task Revoked(IReadOnlyList<TopicPartition> partitions);

    /// <summary>These partitions are gone already.</summary>
    void Lost(IReadOnlyList<TopicPartition> partitions);

    /// <summary>A fault the client goes on from by itself.</summary>
    void Faulted(KafkaFault fault);

    /// <summary>The thread has ended: with an exception when it was not asked to.</summary>
    void Ended(Exception? error);
}
