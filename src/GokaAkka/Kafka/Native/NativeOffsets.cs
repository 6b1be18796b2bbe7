using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Native;

/// <summary>
/// Asks leaders for offsets, in place of Confluent.Kafka's ListOffsetsAsync (2.16). librdkafka begins that question on the thread that asks, and goes on with it on
/// its own as soon as it hears of a leader: on both at the same time where it hears so meanwhile, which ends the process by a null pointer, or damages the heap
/// (rd_kafka_topic_partition_list_query_leaders_async). Here the thread that asks does all of it.
/// </summary>
static partial class NativeOffsets
{
    /// <summary>In place of a time: the offset behind the last record, before the first open transaction for who reads committed.</summary>
    public const long Latest = -1;

    /// <summary>In place of a time: the offset of the first record.</summary>
    public const long Earliest = -2;

    static NativeOffsets() => NativeApi.EnsureResolved();

    /// <summary>Asks on this thread. The client's <c>isolation.level</c> holds.</summary>
    /// <param name="client">The native client.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partitions">Its partitions.</param>
    /// <param name="at">Milliseconds since the Unix epoch, <see cref="Latest"/> or <see cref="Earliest"/>.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <returns>The offsets by partition, in ascending order; -1 where no record is as late.</returns>
    /// <exception cref="KafkaException">Not all leaders have answered, or one has refused.</exception>
    public static IReadOnlyList<long> Ask(nint client, string topic, IReadOnlyCollection<int> partitions, long at, TimeSpan timeout)
    {
        using var list = new NativePartitions(partitions.Count);
        foreach (var partition in partitions.Order())
            list.Add(topic, partition, at);
        var error = ForTimes(client, list.List, (int)Math.Max(1, timeout.TotalMilliseconds));
        var answers = new long[partitions.Count];
        for (var i = 0; error == 0 && i < answers.Length; i++)
            (answers[i], error) = (list.Elements[i].Offset, list.Elements[i].Error);
        return error == 0 ? answers : throw new KafkaException(new Error((ErrorCode)error));
    }

    /// <summary>Has a client ask, on this thread, who leads which partition.</summary>
    public static void LearnLeaders(nint client, TimeSpan timeout)
    {
        // Of all topics: asking for one could make it, where brokers make topics on request. That no broker answers the next question says, too.
        if (Metadata(client, 1, 0, out var metadata, (int)timeout.TotalMilliseconds) == 0)
            DestroyMetadata(metadata);
    }

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_offsets_for_times")]
    private static partial int ForTimes(nint client, nint times, int timeoutMs);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_metadata")]
    private static partial int Metadata(nint client, int allTopics, nint onlyTopic, out nint metadata, int timeoutMs);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_metadata_destroy")]
    private static partial void DestroyMetadata(nint metadata);
}
