namespace GokaAkka.Testing;

/// <summary>Broker answers as the seam's faults.</summary>
internal static class Faults
{
    public static readonly KafkaFault BrokersDown =
        new("Local_AllBrokersDown", "no broker of the in-memory cluster answers", FaultKind.Retriable);

    public static KafkaFault Of(ClusterError error, string reason, FaultKind kind = FaultKind.Permanent) =>
        new(error.ToString(), reason, kind);

    public static KafkaFault UnknownPartition(TopicPartition partition, ClusterTopic? topic, FaultKind kind = FaultKind.Permanent) =>
        topic is null
            ? Of(ClusterError.UnknownTopicOrPart, $"there is no topic '{partition.Topic}'", kind)
            : Of(ClusterError.UnknownTopicOrPart, $"topic '{topic.Name}' has partitions 0 to {topic.Partitions - 1}, not {partition.Partition}", kind);

    public static KafkaFault TimedOut(string what) => new("Local_TimedOut", $"{what} took longer than it was given", FaultKind.Retriable);
}
