using System.Runtime.InteropServices;

namespace GokaAkka.Kafka.Native;

/// <summary>The part of librdkafka's C interface that taking records off a consumer in batches needs, the same in 2.0 and in all later versions.</summary>
static unsafe partial class ConsumeApi
{
    public const int PartitionEnd = -191;

    const int NoTimestamp = 0;

    static ConsumeApi() => NativeApi.EnsureResolved();

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_queue_get_consumer")]
    public static partial nint ConsumerQueue(nint client);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_queue_destroy")]
    public static partial void DestroyQueue(nint queue);

    /// <summary>
    /// Fills <paramref name="messages"/> from its beginning, one after the other, and serves the client's callbacks meanwhile, on this thread.
    /// </summary>
    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_consume_batch_queue")]
    public static partial nint Consume(nint queue, int timeoutMs, NativeApi.Message** messages, nuint room);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_message_destroy")]
    public static partial void Destroy(NativeApi.Message* message);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_header_get_all")]
    public static partial int Header(nint headers, nuint index, out byte* name, out byte* value, out nuint length);

    /// <summary>Milliseconds since the Unix epoch; -1 for none.</summary>
    public static long TimestampOf(NativeApi.Message* message)
    {
        int kind;
        var timestamp = Timestamp(message, &kind);
        return kind == NoTimestamp ? -1 : timestamp;
    }

    /// <summary>The record's headers, which are its own; zero for none.</summary>
    public static nint HeadersOf(NativeApi.Message* message)
    {
        nint headers;
        return Headers(message, &headers) == 0 ? headers : 0;
    }

    // These three read a field each, and headers are taken apart in place: nothing that waits.

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_topic_name")]
    [SuppressGCTransition]
    public static partial byte* TopicName(nint topic);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_message_timestamp")]
    [SuppressGCTransition]
    private static partial long Timestamp(NativeApi.Message* message, int* kind);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_message_headers")]
    [SuppressGCTransition]
    private static partial int Headers(NativeApi.Message* message, nint* headers);
}
