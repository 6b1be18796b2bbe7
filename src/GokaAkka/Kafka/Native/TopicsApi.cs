using System.Runtime.InteropServices;

namespace GokaAkka.Kafka.Native;

/// <summary>The part of librdkafka's C interface that describing topics needs. What an event refers to lives as long as the event.</summary>
static unsafe partial class TopicsApi
{
    public const int DescribeTopicsOperation = 19;

    static TopicsApi() => NativeApi.EnsureResolved();

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_queue_new")]
    public static partial nint NewQueue(nint client);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_queue_poll")]
    public static partial nint Poll(nint queue, int timeoutMs);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_event_error")]
    public static partial int EventError(nint result);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_event_error_string")]
    public static partial nint EventErrorText(nint result);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_event_destroy")]
    public static partial void DestroyEvent(nint result);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_AdminOptions_new")]
    public static partial nint NewOptions(nint client, int operation);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_AdminOptions_set_request_timeout")]
    public static partial int SetTimeout(nint options, int timeoutMs, byte* error, nuint size);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_AdminOptions_destroy")]
    public static partial void DestroyOptions(nint options);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_TopicCollection_of_topic_names", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint NewTopics(string[] names, nuint count);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_TopicCollection_destroy")]
    public static partial void DestroyTopics(nint topics);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_DescribeTopics")]
    public static partial void Describe(nint client, nint topics, nint options, nint queue);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_event_DescribeTopics_result")]
    public static partial nint Result(nint result);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_DescribeTopics_result_topics")]
    public static partial nint* Topics(nint result, out nuint count);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_TopicDescription_name")]
    public static partial nint Name(nint topic);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_TopicDescription_error")]
    public static partial nint Error(nint topic);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_TopicDescription_topic_id")]
    public static partial nint Id(nint topic);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_Uuid_base64str")]
    public static partial nint IdText(nint id);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_TopicDescription_partitions")]
    public static partial nint* Partitions(nint topic, out nuint count);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_TopicPartitionInfo_replicas")]
    public static partial nint Replicas(nint partition, out nuint count);
}
