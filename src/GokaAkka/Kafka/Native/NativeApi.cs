using System.Runtime.InteropServices;

namespace GokaAkka.Kafka.Native;

/// <summary>
/// The part of librdkafka's C interface (rdkafka.h) that producing needs, the same in 2.0 and in all later versions. Its functions are
/// thread-safe; a client must not be used once its destruction has begun.
/// </summary>
static unsafe partial class NativeApi
{
    public const int ErrorTextLength = 512;

    /// <summary>The payload is copied: the caller's memory is its own again when the call returns.</summary>
    public const int CopyPayload = 0x2;

    const int Producer = 0;

    static NativeApi() => NativeLibrary.SetDllImportResolver(typeof(NativeApi).Assembly, LibrdkafkaLoader.Resolve);

    /// <summary>Sees to it that librdkafka is found for every class of this assembly that imports it.</summary>
    public static void EnsureResolved()
    {
        // The static constructor does it.
    }

    public static nint NewProducer(nint configuration, byte* error) => New(Producer, configuration, error, ErrorTextLength);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint NewConfiguration();

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_conf_destroy")]
    public static partial void DestroyConfiguration(nint configuration);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Set(nint configuration, string name, string value, byte* error, nuint errorLength);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_conf_set_opaque")]
    public static partial void SetOpaque(nint configuration, nint opaque);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_opaque")]
    public static partial nint OpaqueOf(nint client);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_conf_set_dr_msg_cb")]
    public static partial void SetDelivered(nint configuration, delegate* unmanaged[Cdecl]<nint, Message*, nint, void> delivered);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_conf_set_error_cb")]
    public static partial void SetError(nint configuration, delegate* unmanaged[Cdecl]<nint, int, byte*, nint, void> error);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_conf_set_log_cb")]
    public static partial void SetLog(nint configuration, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void> log);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_conf_set_stats_cb")]
    public static partial void SetStatistics(nint configuration, delegate* unmanaged[Cdecl]<nint, byte*, nuint, nint, int> statistics);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_destroy")]
    public static partial void Destroy(nint client);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_poll")]
    public static partial int Poll(nint client, int timeoutMs);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint NewTopic(nint client, string name, nint configuration);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_topic_destroy")]
    public static partial void DestroyTopic(nint topic);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_last_error")]
    public static partial int LastError();

    /// <returns>Zero, or an error to destroy.</returns>
    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_produceva")]
    public static partial nint Produce(nint client, Part* parts, nuint count);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_purge")]
    public static partial int Purge(nint client, int flags);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_error_code")]
    public static partial int CodeOf(nint error);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_error_string")]
    public static partial nint ErrorString(nint error);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_error_destroy")]
    public static partial void DestroyError(nint error);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_err2str")]
    public static partial nint ErrorText(int error);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_fatal_error")]
    public static partial int FatalError(nint client, byte* text, nuint textLength);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_headers_new")]
    public static partial nint NewHeaders(nuint count);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_header_add", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddHeader(nint headers, string name, nint nameLength, byte* value, nint valueLength);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_headers_destroy")]
    public static partial void DestroyHeaders(nint headers);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint configuration, byte* error, nuint errorLength);

    /// <summary>rd_kafka_message_t, as a delivery report gives it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public int Error;
        public nint Topic;
        public int Partition;
        public nint Payload;
        public nuint Length;
        public nint Key;
        public nuint KeyLength;
        public long Offset;

        /// <summary>What was given as the record's opaque when it was produced.</summary>
        public nint Opaque;
    }

    /// <summary>rd_kafka_vu_t: one property of a record to be produced.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    public struct Part
    {
        [FieldOffset(0)]
        public PartKind Kind;

        [FieldOffset(8)]
        public nint Pointer;

        [FieldOffset(8)]
        public long Number;

        [FieldOffset(16)]
        public nuint Length;

        public static Part Of(PartKind kind, long number) => new() { Kind = kind, Number = number };

        public static Part Of(PartKind kind, void* pointer, int length) => new() { Kind = kind, Pointer = (nint)pointer, Length = (nuint)length };
    }

    /// <summary>rd_kafka_vtype_t.</summary>
    public enum PartKind
    {
        Topic = 2,
        Partition = 3,
        Value = 4,
        Key = 5,
        Opaque = 6,
        Flags = 7,
        Timestamp = 8,
        Headers = 10,
    }
}
