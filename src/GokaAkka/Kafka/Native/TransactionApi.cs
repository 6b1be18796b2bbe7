using System.Runtime.InteropServices;

namespace GokaAkka.Kafka.Native;

/// <summary>The part of librdkafka's C interface that transactions need. Errors returned are zero for none, or to be destroyed.</summary>
static unsafe partial class TransactionApi
{
    static TransactionApi() => NativeApi.EnsureResolved();

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_init_transactions")]
    public static partial nint Init(nint client, int timeoutMs);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_begin_transaction")]
    public static partial nint Begin(nint client);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_send_offsets_to_transaction")]
    public static partial nint SendOffsets(nint client, nint offsets, nint membership, int timeoutMs);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_commit_transaction")]
    public static partial nint Commit(nint client, int timeoutMs);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_abort_transaction")]
    public static partial nint Abort(nint client, int timeoutMs);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_error_is_fatal")]
    public static partial int IsFatal(nint error);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_error_is_retriable")]
    public static partial int IsRetriable(nint error);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_error_txn_requires_abort")]
    public static partial int RequiresAbort(nint error);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_consumer_group_metadata_read")]
    public static partial nint ReadMembership(out nint membership, byte* bytes, nuint length);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_consumer_group_metadata_destroy")]
    public static partial void DestroyMembership(nint membership);
}
