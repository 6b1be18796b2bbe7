using System.Reflection;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// Proof of membership of a Confluent.Kafka consumer, in the bytes that librdkafka writes and reads. Confluent.Kafka keeps them to itself, from
/// 1.4 to 2.16 at least in the same place.
/// </summary>
sealed class ConfluentMembership(IConsumerGroupMetadata metadata, string group) : IGroupMembership
{
    const string Field = "serializedMetadata";

    public string Group => group;

    public byte[] Bytes { get; } = BytesOf(metadata)
        ?? throw new NotSupportedException(
            $"Exactly-once delivery needs the field '{Field}' of {metadata.GetType().FullName}, which {metadata.GetType().Assembly.GetName()} does not "
            + "have; use Confluent.Kafka 2.16, which it was built with, or at-least-once delivery.");

    /// <summary>
    /// Throws where the client had lost its membership when this was taken: brokers take such offsets without a look at who has the partitions.
    /// </summary>
    /// <exception cref="KafkaFaultException">The transaction is to be aborted.</exception>
    public void Check()
    {
        if (GroupGeneration.IsNone(Bytes))
        {
            throw new KafkaFaultException($"Offsets of group '{group}' cannot be part of a transaction", new KafkaFault(
                nameof(ErrorCode.UnknownMemberId), "the client had lost its membership of the group", FaultKind.AbortsTransaction));
        }
    }

    /// <summary>The bytes; null where the client keeps them elsewhere.</summary>
    public static byte[]? BytesOf(IConsumerGroupMetadata metadata) =>
        metadata.GetType().GetField(Field, BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(metadata) as byte[];
}
