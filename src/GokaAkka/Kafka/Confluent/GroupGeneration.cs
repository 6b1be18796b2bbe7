using System.Buffers.Binary;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Confluent;

/// <summary>
/// The group's generation, which librdkafka tells only within the proof of membership that it writes for transactions: "CGMDv2:", the generation as
/// four bytes in the machine's order, then names.
/// </summary>
static class GroupGeneration
{
    /// <summary>-1 where there is none, or in the bytes of a version that is not known.</summary>
    public static int Of(IConsumerGroupMetadata metadata) => ConfluentMembership.BytesOf(metadata) is { } bytes ? Of(bytes) : -1;

    internal static int Of(ReadOnlySpan<byte> bytes) => Read(bytes) ?? -1;

    /// <summary>Whether the bytes say that the client was in no group when they were written.</summary>
    internal static bool IsNone(ReadOnlySpan<byte> bytes) => Read(bytes) < 0;

    static int? Read(ReadOnlySpan<byte> bytes)
    {
        var head = "CGMDv2:"u8;
        if (!bytes.StartsWith(head) || bytes.Length < head.Length + sizeof(int))
            return null;
        var number = bytes.Slice(head.Length, sizeof(int));
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReadInt32LittleEndian(number) : BinaryPrimitives.ReadInt32BigEndian(number);
    }
}
