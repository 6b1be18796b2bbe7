using System.Runtime.InteropServices;

namespace GokaAkka.Kafka.Native;

/// <summary>Partitions with their offsets, as librdkafka's calls take them and answer in them (rd_kafka_topic_partition_list_t).</summary>
readonly unsafe ref partial struct NativePartitions : IDisposable
{
    // In a commit's metadata, which other programs use in their own way.
    const string TopicIdMark = "topic-id=";

    static NativePartitions() => NativeApi.EnsureResolved();

    public NativePartitions(int room) => List = New(room);

    /// <summary>Offsets to commit, each with its topic's id where that is known.</summary>
    public NativePartitions(nint client, IReadOnlyCollection<TopicPartitionOffset> offsets)
        : this(offsets.Count)
    {
        foreach (var offset in offsets)
        {
            var partition = Add(List, offset.Topic, offset.Partition);
            partition->Offset = offset.Offset;
            if (offset.TopicId is not { } id)
                continue;
            var metadata = Encoding.UTF8.GetBytes(TopicIdMark + id);
            // The list frees it with itself.
            partition->Metadata = Allocate(client, (nuint)metadata.Length);
            partition->MetadataSize = (nuint)metadata.Length;
            metadata.CopyTo(new Span<byte>((void*)partition->Metadata, metadata.Length));
        }
    }

    /// <summary>The native list.</summary>
    public nint List { get; }

    /// <summary>Its elements.</summary>
    public ReadOnlySpan<Element> Elements => new(((Head*)List)->Elements, ((Head*)List)->Count);

    public void Add(string topic, int partition, long offset) => Add(List, topic, partition)->Offset = offset;

    public void Dispose() => Destroy(List);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_topic_partition_list_new")]
    private static partial nint New(int room);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_topic_partition_list_add", StringMarshalling = StringMarshalling.Utf8)]
    private static partial Element* Add(nint list, string topic, int partition);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_topic_partition_list_destroy")]
    private static partial void Destroy(nint list);

    [LibraryImport(LibrdkafkaLoader.Name, EntryPoint = "rd_kafka_mem_malloc")]
    private static partial nint Allocate(nint client, nuint size);

    [StructLayout(LayoutKind.Sequential)]
    struct Head
    {
        public int Count;
        public int Size;
        public Element* Elements;
    }

    /// <summary>rd_kafka_topic_partition_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Element
    {
        readonly nint _topic;
        public readonly int Partition;
        public long Offset;
        public nint Metadata;
        public nuint MetadataSize;
        readonly nint _opaque;
        public readonly int Error;
        readonly nint _private;

        /// <summary>As a commit that was asked for.</summary>
        public readonly TopicPartitionOffset Committed()
        {
            var metadata = Metadata == 0 ? "" : Encoding.UTF8.GetString((byte*)Metadata, (int)MetadataSize);
            return new(Marshal.PtrToStringUTF8(_topic)!, Partition, Offset)
            {
                TopicId = metadata.StartsWith(TopicIdMark, StringComparison.Ordinal) ? metadata[TopicIdMark.Length..] : null,
            };
        }
    }
}
