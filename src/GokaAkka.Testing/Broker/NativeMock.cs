using System.Runtime.InteropServices;
using GokaAkka.Kafka.Native;

namespace GokaAkka.Testing;

/// <summary>
/// librdkafka's mock cluster as C sees it (rdkafka.h, rdkafka_mock.h). Its functions are thread-safe; a "cluster" is only valid while the
/// client that it was made with is.
/// </summary>
internal static unsafe partial class NativeMock
{
    static NativeMock() => NativeLibrary.SetDllImportResolver(typeof(NativeMock).Assembly, LibrdkafkaLoader.Resolve);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_metadata")]
    public static partial int Metadata(nint client, int allTopics, nint onlyTopic, out MetadataView* metadata, int timeoutMs);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_metadata_destroy")]
    public static partial void DestroyMetadata(MetadataView* metadata);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_handle_mock_cluster")]
    public static partial nint Cluster(nint client);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial nint BootstrapServers(nint cluster);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateTopic(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_topic_delete", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DeleteTopic(nint cluster, string topic);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_partition_delete_records", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int DeleteRecords(nint cluster, string topic, int partition, long before);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_query_watermark_offsets", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Watermarks(nint client, string topic, int partition, out long low, out long high, int timeoutMs);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    public static partial void SetInitialRebalanceDelay(nint cluster, int milliseconds);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_set_group_consumer_session_timeout_ms")]
    public static partial void SetSessionTimeout(nint cluster, int milliseconds);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_set_group_consumer_heartbeat_interval_ms")]
    public static partial void SetHeartbeatInterval(nint cluster, int milliseconds);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_broker_add")]
    public static partial int AddBroker(nint cluster, int broker);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_broker_decommission")]
    public static partial int RemoveBroker(nint cluster, int broker);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_broker_set_down")]
    public static partial int BrokerDown(nint cluster, int broker);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_broker_set_up")]
    public static partial int BrokerUp(nint cluster, int broker);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    public static partial int SetRoundTripTime(nint cluster, int broker, int milliseconds);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    public static partial void PushErrors(nint cluster, short api, nuint count, int* errors);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_clear_request_errors")]
    public static partial void ClearErrors(nint cluster, short api);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_partition_set_leader", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetLeader(nint cluster, string topic, int partition, int broker);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mock_coordinator_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetCoordinator(nint cluster, string kind, string key, int broker);

    /// <summary>rd_kafka_metadata_t, as far as it is read.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MetadataView
    {
        public int BrokerCount;
        public nint Brokers;
        public int TopicCount;
        public TopicView* Topics;
    }

    /// <summary>rd_kafka_metadata_topic_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TopicView
    {
        public nint Name;
        public int PartitionCount;
        public nint Partitions;
        public int Error;
    }
}
