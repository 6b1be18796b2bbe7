using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>What the client's errors mean to who reads a table partition.</summary>
static class TableFaults
{
    /// <summary>A partition that is being made, or whose leader moves, is unknown for a while; the client keeps asking.</summary>
    public static KafkaFault Of(Error error) =>
        error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition
            ? Faults.From(error) with { Kind = FaultKind.Retriable }
            : Faults.From(error);

    /// <summary>
    /// The partition does not hold the offset: what was there is gone, or the topic is another one than it was. The listener sees by the
    /// offsets which of the two.
    /// </summary>
    public static KafkaFault NotHeld(TopicPartition id, long offset) => new(
        nameof(ErrorCode.OffsetOutOfRange), $"{id} does not hold offset {offset}; reading on from the first that it holds", FaultKind.Retriable);
}
